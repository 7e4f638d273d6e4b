"""What follows from results: the pure part of a finish. Rows in, rows out; no database, no clock.

For each job: children count down, a stage that has what it needs leads to the next one, a failure that
cannot be made good ends the job. Several results of one job are applied in turn to one state, so that a
batch writes each job once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.results import NULL, Result, failure
from store.credits.ledger import Charge, Ending
from store.jobs.finish import Taken
from store.jobs.records import JobChange, NewEvent, NewPart, NewTask
from store.kit.settings import settings


class Consequences(Struct):
    """Everything one batch leads to. `ended` are jobs whose other tasks must stop; `freed` one key a slot; `paid` the
    runs that cost something and ended."""

    jobs: list[JobChange] = field(default_factory=list)
    tasks: list[NewTask] = field(default_factory=list)
    parts: list[NewPart] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    paid: list[Ending] = field(default_factory=list)


class _Job(Struct):
    """A job under its lock, as the results of this batch change it."""

    taken: Taken
    state: str
    stage: int
    remaining: int
    total: int
    failed_parts: int
    progress: float
    message: str | None
    result: Any = None
    error: Any = None
    next_stage: bool = False
    changed: bool = False


def consequences(
    taken: Iterable[Taken], results: Mapping[tuple[int, str], Result], pipelines: Mapping[str, Pipeline]
) -> Consequences:
    """`results` by (task id, job id). Rows that were cancelled meanwhile only give their slot back."""
    found = Consequences()
    jobs: dict[str, _Job] = {}
    for row in sorted(taken, key=lambda one: (one.job_id, one.task_id)):
        job = jobs.get(row.job_id)
        if job is None:
            job = jobs[row.job_id] = _Job(
                taken=row,
                state=row.job_state,
                stage=row.stage,
                remaining=row.remaining,
                total=row.total,
                failed_parts=row.failed_parts,
                progress=row.progress,
                message=row.message,
            )
        result = results[(row.task_id, row.job_id)]
        keeps_slot = False
        if row.task_state == "running" and job.state in ("queued", "running") and result.claim.run == row.run:
            keeps_slot = _apply(result, row, job, pipelines[row.pipeline], found)
        if row.has_slot and row.key and not keeps_slot:
            found.freed.append(row.key)
    for job in jobs.values():
        if job.changed:
            found.jobs.append(_change(job))
            if job.taken.price and job.state in ("completed", "failed"):
                found.paid.append(_ending(job))
    return found


def _apply(result: Result, row: Taken, job: _Job, pipeline: Pipeline, found: Consequences) -> bool:
    """One result's effect on its job; whether the task's slot lives on in a following task."""
    stage = pipeline.stages[result.claim.stage]
    attempts_left = result.claim.attempt < stage.attempts
    if result.kind in ("again", "handed_back") or (result.kind == "failed" and not result.final and attempts_left):
        found.tasks.append(_run_again(result, row, unstarted=job.state == "queued"))
        if result.kind != "handed_back":
            _start(job, found)
        return False
    previous = job.state
    _start(job, found, quietly=len(pipeline.stages) == 1)
    job.remaining -= 1
    job.changed = True
    if result.kind == "failed":
        job.failed_parts += 1
    _keep_part(result, stage, is_last=job.stage == len(pipeline.stages) - 1, found=found)
    if stage.need.is_lost(job.failed_parts, job.total):
        _fail(job, _reason(result, stage, job), previous, found)
        return False
    if job.remaining:
        job.progress = pipeline.progress(job.stage, 1 - job.remaining / job.total)
        return False
    return _next_stage(result, job, pipeline, previous, found)


def _start(job: _Job, found: Consequences, *, quietly: bool = False) -> None:
    """The first result of a job that nobody has marked as running yet."""
    if job.state == "queued":
        job.state = "running"
        job.changed = True
        if not quietly:
            _tell(job, "job.started", {}, found)


def _keep_part(result: Result, stage: Stage, *, is_last: bool, found: Consequences) -> None:
    if stage.fan_out or (result.kind == "done" and not is_last and result.output != NULL):
        done = result.kind == "done"
        found.parts.append(
            NewPart(
                job_id=result.claim.job_id,
                stage=result.claim.stage,
                idx=result.claim.idx,
                output=result.output if done else None,
                error=result.error,
                done=done,
            )
        )


def _next_stage(result: Result, job: _Job, pipeline: Pipeline, previous: str, found: Consequences) -> bool:
    """All parts of the stage are in and it has what it needs: begin the next one, or complete the job."""
    parts = result.parts
    upcoming, obstacle = _after(job, pipeline, parts)
    is_done = upcoming == len(pipeline.stages)
    if len(pipeline.stages) > 1:
        told = {"stage": pipeline.stages[job.stage].name, "parts": job.total, "failed_parts": job.failed_parts}
        told |= {"left": job.stage} if is_done else {"left": job.stage, "entered": upcoming}
        _tell(job, "stage.completed", told, found)
    if obstacle is not None:
        _fail(job, obstacle, previous, found)
        return False
    if is_done:
        job.state, job.progress, job.message = "completed", 100.0, result.message
        job.result = result.output
        told = {"previous_state": previous, "run": job.taken.run}
        _tell(job, "job.completed", told if len(pipeline.stages) > 1 else {**told, "left": 0}, found)
        return False
    stage = pipeline.stages[upcoming]
    if not stage.fan_out:
        parts = None
    job.stage, job.next_stage, job.failed_parts = upcoming, True, 0
    job.remaining = job.total = len(parts) if parts else 1
    job.progress = pipeline.progress(upcoming, 0)
    job.message = result.message or stage.message or None
    tasks = [_new_task(result, job, stage, idx, part) for idx, part in enumerate(parts or [None])]
    if parts:
        found.parts += [
            NewPart(job_id=job.taken.job_id, stage=upcoming, idx=idx, input=part) for idx, part in enumerate(parts)
        ]
    row = job.taken
    carries = len(tasks) == 1 and not stage.fan_out and row.has_slot and tasks[0].key == row.key and row.total == 1
    if carries:
        tasks = [_with_slot(tasks[0])]
    found.tasks += tasks
    return carries


def _after(job: _Job, pipeline: Pipeline, parts: Sequence[Any] | None) -> tuple[int, dict[str, Any] | None]:
    """The number of the stage that follows (as many as there are: none does), or the present one and why it is stuck."""
    upcoming = job.stage + 1
    if upcoming == len(pipeline.stages) or not pipeline.stages[upcoming].fan_out:
        return upcoming, None
    limit = settings().engine.max_parts
    if parts is None:
        text = "The stage did not return the parts of the next one."
        return job.stage, failure("bad_outcome", text, retryable=False)
    if len(parts) > limit:
        return job.stage, failure("too_many_parts", f"The stage split into more than {limit} parts.", retryable=False)
    return (upcoming if parts else upcoming + 1), None  # nothing to do there: the stage after it begins at once


def _new_task(result: Result, job: _Job, stage: Stage, idx: int, part: Any) -> NewTask:
    claim, row = result.claim, job.taken
    key = stage.key_of(row.workspace_id, claim.input if part is None else part, claim.job_key)
    return NewTask(
        job_id=row.job_id,
        run=row.run,
        stage=job.stage,
        idx=idx,
        workspace_id=row.workspace_id,
        pipeline=row.pipeline,
        lane=stage.lane,
        priority=row.priority,
        deadline_seconds=stage.deadline.total_seconds(),
        key=key.name if key else None,
        key_limit=key.limit if key else None,
    )


def _with_slot(task: NewTask) -> NewTask:
    return NewTask(**{name: getattr(task, name) for name in task.__struct_fields__} | {"has_slot": True})


def _run_again(result: Result, row: Taken, *, unstarted: bool) -> NewTask:
    claim = result.claim
    return NewTask(
        job_id=row.job_id,
        run=row.run,
        stage=claim.stage,
        idx=claim.idx,
        workspace_id=row.workspace_id,
        pipeline=row.pipeline,
        lane=claim.lane,
        priority=row.priority,
        deadline_seconds=claim.deadline_seconds,
        delay_seconds=result.delay.total_seconds(),
        key=claim.key,
        key_limit=claim.key_limit,
        attempt=claim.attempt - 1 if result.refund else claim.attempt,
        crashes=claim.crashes,
        last_error=_short(result),
        unstarted=unstarted and result.kind == "handed_back",
    )


def _short(result: Result) -> str | None:
    if result.error is None:
        return result.message
    return f"{result.error['code']}: {result.error['message']}"[:500]


def _reason(result: Result, stage: Stage, job: _Job) -> dict[str, Any]:
    error = result.error or failure("failed", "A part failed.", retryable=False)
    if not stage.fan_out:
        return error
    return failure(
        "stage_failed",
        f"{job.failed_parts} of {job.total} parts of {stage.name} failed; {stage.need.wanted(job.total)} must succeed.",
        retryable=True,
        stage=stage.name,
        failed_parts=job.failed_parts,
        parts=job.total,
        last_error=error,
    )


def _fail(job: _Job, reason: dict[str, Any], previous: str, found: Consequences) -> None:
    job.state, job.error, job.message = "failed", reason, None
    if job.remaining:
        found.ended.append(job.taken.job_id)
        # What this batch wanted to run again of this job is not open yet, so ending its open tasks would miss it.
        found.tasks = [task for task in found.tasks if task.job_id != job.taken.job_id]
    told = {"error": reason, "previous_state": previous, "run": job.taken.run, "left": job.stage}
    _tell(job, "job.failed", told, found)


def _tell(job: _Job, kind: str, data: dict[str, Any], found: Consequences) -> None:
    row = job.taken
    if row.public:
        found.events.append(
            NewEvent(
                workspace_id=row.workspace_id,
                job_id=row.job_id,
                type=kind,
                data={"job_id": row.job_id, "pipeline": row.pipeline, **data},
            )
        )


def _ending(job: _Job) -> Ending:
    row = job.taken
    charge = Charge(
        workspace_id=row.workspace_id, job_id=row.job_id, run=row.run, pipeline=row.pipeline, price=row.price
    )
    return Ending(charge=charge, kind="settled" if job.state == "completed" else "refund")


def _change(job: _Job) -> JobChange:
    return JobChange(
        id=job.taken.job_id,
        state=job.state,
        stage=job.stage,
        remaining=job.remaining,
        total=job.total,
        failed_parts=job.failed_parts,
        progress=job.progress,
        message=job.message,
        result=job.result,
        error=job.error,
        next_stage=job.next_stage,
        ended=job.state in ("completed", "failed"),
    )
