"""From a job's row to what a caller sees of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from api.jobs.types import EventView, JobView, SubmitJob
from pipelines import catalog
from pipelines.engine import estimate, links
from store.jobs.queries import Job
from store.jobs.records import Accepted, Event
from store.kit.clock import rfc3339
from store.kit.settings import settings

QUICK_SECONDS = 1
LONGEST_PAUSE_SECONDS = 10


def of_job(job: Job) -> JobView:
    """The whole view. What a failed or cancelled job cost was given back, so only a completed one has used credits."""
    done = job.state == "completed"
    finished_at = _moment(job.finished_at)
    return JobView(
        job_id=job.id,
        status="processing" if job.state in {"queued", "running"} else job.state,  # type: ignore[arg-type]
        progress=100 if done else int(job.progress),
        message=job.message,
        result=_result(job) if done else UNSET,
        credits_used=job.price if done else UNSET,
        completed_at=finished_at if done and finished_at else UNSET,
        error=job.error if job.state == "failed" else UNSET,
        state=job.state,  # type: ignore[arg-type]
        pipeline=job.pipeline,
        stage=_stage(job),
        run=job.run,
        priority=job.priority,
        concurrency_key=job.concurrency_key,
        estimated_time_remaining=estimate.seconds_left(job),
        created_at=rfc3339(job.created_at),
        run_at=rfc3339(job.run_at),
        expires_at=None if job.started_at else rfc3339(job.expires_at),
        started_at=_moment(job.started_at),
        finished_at=finished_at,
        sandbox=job.sandbox or UNSET,
    )


def in_list(job: Job) -> JobView:
    """The view without the result: a page of large ones would be a large page."""
    told = of_job(job)
    told.result = UNSET
    return told


def of_accepted(wish: SubmitJob, accepted: Accepted, *, sandbox: bool) -> JobView:
    """The view of a job that was accepted just now, without reading it back."""
    created = accepted.created_at
    created_at = rfc3339(created)
    run_at = max(wish.run_at, created) if wish.run_at else created
    ttl = wish.ttl_seconds if wish.ttl_seconds is not None else settings().engine.ttl_seconds
    return JobView(
        job_id=accepted.id,
        status="processing",
        progress=0,
        message=None,
        state="queued",
        pipeline=accepted.pipeline,
        stage=catalog.get(accepted.pipeline).stages[0].name,
        run=1,
        priority=wish.priority,
        concurrency_key=wish.concurrency_key,
        estimated_time_remaining=None,
        created_at=created_at,
        run_at=created_at if run_at is created else rfc3339(run_at),
        expires_at=rfc3339(run_at + timedelta(seconds=ttl)),
        started_at=None,
        finished_at=None,
        sandbox=sandbox or UNSET,
    )


def of_event(event: Event) -> EventView:
    """A line of the log."""
    return EventView(
        id=event.cursor, type=event.type, job_id=event.job_id, created_at=rfc3339(event.created_at), data=event.data
    )


def etag(job: Job) -> str:
    """Changes with everything that is stored of the job; weak, because the estimate moves by itself."""
    return f'W/"{job.run}-{job.version}"'


def pause(view: JobView) -> int | None:
    """Seconds after which asking again is worth it; None: the job is over."""
    if view.status != "processing":
        return None
    left = view.estimated_time_remaining
    return QUICK_SECONDS if left is None else max(QUICK_SECONDS, min(left // 4, LONGEST_PAUSE_SECONDS))


def location(job_id: str) -> str:
    """Where a job is polled."""
    return f"{settings().base_url}/v1/jobs/{job_id}"


def _result(job: Job) -> Any:
    pipeline = catalog.pipelines().get(job.pipeline)
    return links.told(job.result) if pipeline is not None and pipeline.links else job.result


def _stage(job: Job) -> str | None:
    pipeline = catalog.pipelines().get(job.pipeline)
    if pipeline is None or job.is_over or job.stage >= len(pipeline.stages):
        return None
    return pipeline.stages[job.stage].name


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
