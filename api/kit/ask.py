"""Answers that a contract wants at once: a job is submitted, its end waited for, its result returned.

The wait holds neither a thread nor a connection. When it runs out, or the client leaves, the job is cancelled: nobody
would read its answer. An error names the job as `job_id`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec

from api.kit import metrics
from api.kit.tail import endings
from api.kit.threads import pool
from pipelines.engine import control
from pipelines.engine.submit import Submission, submit_async
from store.jobs import queries
from store.jobs.queries import Job
from store.kit import db, log
from store.kit.errors import Broken, Conflict, DomainError, NotFound, Unavailable, Unprocessable

logger = log.get("api.kit.ask")
SLACK = timedelta(
    seconds=5
)  # a job that nobody cancels, because its API process died, expires this long after the wait
OUR_FAULT = frozenset({"internal_error", "bad_output", "result_too_large"})
_leaving: set[asyncio.Task[None]] = set()


async def answer(submission: Submission, *, within: timedelta) -> Any:
    """The result of the submitted job, as JSON values; its pipeline must not be internal.

    Raises what the job failed with (`error_of`), and Unavailable when it was not over in time.
    """
    accepted = await submit_async(bounded(submission, within))
    if not accepted.replayed:
        metrics.count_submitted(accepted.pipeline)
    job = await until_over(submission.workspace_id, accepted.id, within=within)
    if job.state != "completed":
        raise error_of(job)
    return job.result


def bounded(submission: Submission, within: timedelta) -> Submission:
    """The submission, whose job does not wait for its start much longer than somebody waits for its answer."""
    if submission.ttl_seconds is not None:
        return submission
    return msgspec.structs.replace(submission, ttl_seconds=(within + SLACK).total_seconds())


async def until_over(workspace_id: str, job_id: str, *, within: timedelta) -> Job:
    """The ended job; one that is not over in time is cancelled. Cancels it too when the caller's client leaves."""
    try:
        job = await ended(workspace_id, job_id, within=within)
    except asyncio.CancelledError:
        leave(workspace_id, job_id)
        raise
    return job or await give_up(workspace_id, job_id)


async def ended(workspace_id: str, job_id: str, *, within: timedelta) -> Job | None:
    """The job once it is over; None when that takes too long, or this process stops."""
    seconds = max(within.total_seconds(), 0.001)
    return await (await endings()).of(workspace_id, job_id, seconds=seconds)


async def give_up(workspace_id: str, job_id: str) -> Job:
    """Cancel a job and see what became of it: it may have ended just now."""
    return await pool("database").run(_cancelled, workspace_id, job_id)


def leave(workspace_id: str, job_id: str) -> None:
    """Cancel a job whose client has left, beside whatever ends with it; an outage leaves it to its own end."""
    task = asyncio.get_running_loop().create_task(_cancel(workspace_id, job_id))
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


def error_of(job: Job) -> DomainError:
    """What a caller is told of a job that has no result."""
    facts = {"job_id": job.id}
    if job.state == "cancelled":
        return Unavailable(
            "The answer took too long, and its job was cancelled.",
            retry_after=timedelta(seconds=2),
            code="answer_timed_out",
            **facts,
        )
    error = job.error or {}
    code, message = str(error.get("code", "failed")), str(error.get("message", "The job failed."))
    if code in OUR_FAULT:
        return Broken(message, code=code, **facts)
    if error.get("retryable"):
        return Unavailable(message, retry_after=timedelta(seconds=2), code=code, **facts)
    details = error.get("details") or {}
    kind = {"not_found": NotFound, "conflict": Conflict}.get(code, Unprocessable)
    return kind(message, code=code, **{**details, **facts})


def _cancelled(workspace_id: str, job_id: str) -> Job:
    control.cancel(workspace_id, job_id)
    return queries.get(workspace_id, job_id)


async def _cancel(workspace_id: str, job_id: str) -> None:
    try:
        await pool("database").run(control.cancel, workspace_id, job_id)
    except (DomainError, *db.OUTAGES) as error:
        logger.warning("job.left_behind", job_id=job_id, error=type(error).__name__)
