"""Cancel, retry, pause and resume as the API calls them: the store's verbs, and the wake-up after them."""

from __future__ import annotations

from typing import Any

from pipelines import catalog
from pipelines.engine import charging
from store.jobs import control
from store.jobs.records import NewTask
from store.jobs.wake import Pusher
from store.kit import db
from store.kit.errors import Forbidden, NotFound
from store.kit.ids import is_id
from store.kit.settings import settings

_pusher = Pusher()


def cancel(workspace_id: str, job_id: str) -> bool:
    """Cancel a job: waiting tasks end at once, running ones within two seconds. False when it was over already."""
    if not is_id("job", job_id):
        raise NotFound("No such job.", id=job_id)
    with db.plain_cursor() as cursor:
        ended, lanes = control.cancel(cursor, workspace_id, job_id)
    _pusher.push([], waiting=lanes, events=ended, ended=[job_id] if ended else [])
    return ended


def retry(workspace_id: str, job_id: str, *, may_pay: bool = True) -> None:
    """Run a failed or cancelled job again from the stage it ended in; parts that succeeded are kept.

    It is charged again, because its price was given back. Raises NotFound, Conflict, PaymentRequired, and Forbidden
    for a job with a price when it is not to be paid.
    """
    with db.plain_cursor() as cursor:
        job = control.lock_for_retry(cursor, workspace_id, job_id)
        if job["price"] and not may_pay:
            raise Forbidden("A test key pays nothing, and this job has a price; retry it with a live key.", id=job_id)
        pipeline = catalog.get(job["pipeline"])
        charging.reserve(cursor, workspace_id, job_id, run=job["run"] + 1, pipeline=pipeline.name, price=job["price"])
        number = job["stage"]
        stage = pipeline.stages[number]
        parts: list[tuple[int, Any]] = control.open_parts(cursor, job_id, number) if stage.fan_out else [(0, None)]
        control.restart(
            cursor, workspace_id, job_id, previous_state=job["state"], ttl_seconds=settings().engine.ttl_seconds,
            remaining=len(parts),
        )  # fmt: skip
        tasks = []
        for idx, part in parts:
            key = stage.key_of(workspace_id, job["input"] if part is None else part, job["concurrency_key"])
            tasks.append(
                NewTask(
                    job_id=job_id,
                    run=job["run"] + 1,
                    stage=number,
                    idx=idx,
                    workspace_id=workspace_id,
                    pipeline=pipeline.name,
                    lane=stage.lane,
                    priority=job["priority"],
                    deadline_seconds=stage.deadline.total_seconds(),
                    key=key.name if key else None,
                    key_limit=key.limit if key else None,
                )
            )
        control.add_tasks(cursor, tasks)
        cursor.execute("COMMIT")
    _pusher.push([], waiting={stage.lane}, events=True)


def pause(lane: str, *, by: str, reason: str | None = None) -> None:
    """Stop a lane from starting tasks; what runs goes on."""
    with db.plain_cursor() as cursor:
        control.pause(cursor, lane, by=by, reason=reason)


def resume(lane: str) -> None:
    """Let a lane start tasks again."""
    with db.plain_cursor() as cursor:
        control.resume(cursor, lane)
    _pusher.push([], waiting={lane})
