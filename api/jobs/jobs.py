"""The collection: POST /v1/jobs, POST /v1/jobs/batch, GET /v1/jobs."""

from __future__ import annotations

import msgspec

from api.jobs import view
from api.jobs.types import (
    BatchAnswer,
    BatchItem,
    BatchResult,
    JobPage,
    JobView,
    ListJobs,
    SubmitBatch,
    SubmitJob,
    Told,
)
from api.kit import body as bodies
from api.kit import metrics
from api.kit.answer import Answer
from api.kit.errors import problem_of
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.surface import CRAUDIOVIZ
from api.kit.threads import pool
from pipelines import catalog
from pipelines.engine.submit import Submission, submit_async, submit_many
from store.jobs import queries
from store.jobs.records import Accepted
from store.kit import cursor, ids, structs
from store.kit.errors import DomainError, InvalidInput, NotFound

LISTING = "jobs"
_item = structs.decoder(BatchItem)


class Jobs:
    """/v1/jobs."""

    @operation("Submit a job to any public pipeline", body=SubmitJob, returns=JobView, status=202)
    async def on_post(self, caller: Principal, body: SubmitJob, request: Request) -> Answer:
        """The same Idempotency-Key with the same body answers with the same job, and says `Idempotent-Replayed`."""
        accepted = await submit_async(_submission(caller, body, request.idempotency_key))
        return await _answer(caller, body, accepted)

    @operation("List jobs, newest first", query=ListJobs, returns=JobPage)
    def on_get(self, caller: Principal, query: ListJobs) -> JobPage:
        found = _page(caller.workspace_id, query)
        kept = found[: query.limit]
        more = len(found) > query.limit
        return JobPage(
            jobs=[view.in_list(job) for job in kept],
            next_cursor=cursor.encode(LISTING, kept[-1].id) if more else None,
            has_more=more,
        )


class JobBatch:
    """/v1/jobs/batch."""

    @operation("Submit up to 1,000 jobs, each accepted or refused on its own", body=SubmitBatch, returns=BatchResult)
    async def on_post(self, caller: Principal, body: SubmitBatch, request: Request) -> BatchResult:
        """An Idempotency-Key on the request stands for one on each item, by its place."""
        key = request.idempotency_key
        wishes = [_read_item(caller, raw, f"{key}:{place}" if key else None) for place, raw in enumerate(body.jobs)]
        answers = iter(await submit_many([wish.submission for wish in wishes if isinstance(wish, _Wish)]))
        outcomes = [next(answers) if isinstance(wish, _Wish) else wish for wish in wishes]
        replayed = [outcome.id for outcome in outcomes if isinstance(outcome, Accepted) and outcome.replayed]
        known = await pool("database").run(_read_all, caller.workspace_id, replayed) if replayed else {}
        for outcome in outcomes:
            if isinstance(outcome, Accepted) and not outcome.replayed:
                metrics.count_submitted(outcome.pipeline)
        results = [_told(wish, outcome, known) for wish, outcome in zip(wishes, outcomes, strict=True)]
        accepted = sum(result.ok for result in results)
        return BatchResult(results=results, accepted=accepted, refused=len(results) - accepted)


class _Wish(msgspec.Struct):
    """An item of a batch that can be read."""

    item: BatchItem
    submission: Submission


def _submission(caller: Principal, wish: SubmitJob, idempotency_key: str | None) -> Submission:
    if not catalog.get(wish.pipeline).public:
        raise NotFound(f"No pipeline is called {wish.pipeline!r}.", field="pipeline")
    return Submission(
        workspace_id=caller.workspace_id,
        pipeline=wish.pipeline,
        input=wish.input,
        surface=CRAUDIOVIZ.name,
        priority=wish.priority,
        run_at=wish.run_at,
        concurrency_key=wish.concurrency_key,
        ttl_seconds=wish.ttl_seconds,
        idempotency_key=idempotency_key,
        created_by=caller.user_id or caller.key_id,
        sandbox=caller.is_test,
    )


async def _answer(caller: Principal, wish: SubmitJob, accepted: Accepted) -> Answer:
    location = view.location(accepted.id)
    headers = {"Operation-Location": location}
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
        told = await pool("database").run(_read, caller.workspace_id, accepted.id)
    else:
        metrics.count_submitted(accepted.pipeline)
        told = view.of_accepted(wish, accepted, sandbox=caller.is_test)
    return Answer(body=told, location=location, retry_after=view.pause(told), headers=headers)


def _read(workspace_id: str, job_id: str) -> JobView:
    return view.of_job(queries.get(workspace_id, job_id))


def _read_all(workspace_id: str, job_ids: list[str]) -> dict[str, JobView]:
    return {job_id: _read(workspace_id, job_id) for job_id in job_ids}


def _page(workspace_id: str, query: ListJobs) -> list[queries.Job]:
    """One job more than asked for, if there is one. `processing` is two states: each has its own index range."""
    before_id = None
    if query.cursor:
        before_id = cursor.decode(LISTING, query.cursor, str)
        if not ids.is_id("job", before_id):
            raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
    states = ["queued", "running"] if query.status == "processing" else [query.status]
    found = [
        job
        for state in states
        for job in queries.page(
            workspace_id,
            limit=query.limit + 1,
            before_id=before_id,
            state=state,
            pipeline=query.pipeline,
            created_after=query.created_after,
            created_before=query.created_before,
        )
    ]
    return sorted(found, key=lambda job: job.id, reverse=True)


def _read_item(caller: Principal, raw: msgspec.Raw, key: str | None) -> _Wish | Exception:
    try:
        item = bodies.decode(bytes(raw), _item)
        return _Wish(item, _submission(caller, item, item.idempotency_key or key))
    except DomainError as error:
        return error


def _new(wish: _Wish, accepted: Accepted) -> JobView:
    return view.of_accepted(wish.item, accepted, sandbox=wish.submission.sandbox)


def _told(wish: _Wish | Exception, outcome: Accepted | Exception, known: dict[str, JobView]) -> BatchAnswer:
    if isinstance(outcome, Accepted) and isinstance(wish, _Wish):
        return BatchAnswer(ok=True, job=known.get(outcome.id) or _new(wish, outcome))
    assert isinstance(outcome, Exception)
    problem = problem_of(outcome)
    error = Told(code=CRAUDIOVIZ.code(problem), message=problem.message, details=CRAUDIOVIZ.details(problem))
    return BatchAnswer(ok=False, status=CRAUDIOVIZ.status(problem), error=error)
