"""How a job that reads a website is told of in this contract: where it is, how long it takes, why it failed."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from api.kit.types import Camel
from pipelines.engine import estimate
from pipelines.engine.pipeline import Pipeline
from pipelines.onboarding.pipeline import first_guess
from store.jobs import queries as jobs
from store.jobs.queries import Job
from store.kit.errors import NotFound

LONGEST_PAUSE_SECONDS = 10


class JobFault(Camel):
    """Why a job failed; `retryable` says whether starting it again can help."""

    code: str
    message: str
    retryable: bool = False
    details: Any = UNSET


def found(workspace_id: str, job_id: str, pipeline: Pipeline, *, field: str, what: str) -> Job:
    """The job of this pipeline. Raises NotFound that names the field."""
    job = jobs.find(workspace_id, job_id)
    if job is None or job.pipeline != pipeline.name:
        raise NotFound(f"There is no such {what}.", field=field, value=job_id[:100])
    return job


def stage_of(job: Job, pipeline: Pipeline) -> Any:
    """The name of the stage it is in, or ended in."""
    return pipeline.stages[min(job.stage, len(pipeline.stages) - 1)].name


def fault_of(job: Job, sentence: str) -> JobFault | UnsetType:
    """Why it failed; UNSET for a job that did not."""
    if job.state != "failed":
        return UNSET
    told = job.error or {}
    return JobFault(
        code=told.get("code", "failed"),
        message=told.get("message", sentence),
        retryable=bool(told.get("retryable", False)),
        details=told.get("details") or UNSET,
    )


def seconds_of_a_new_one(pipeline: Pipeline) -> int:
    """What a job of this pipeline takes, by its history or by a first guess."""
    return estimate.whole(pipeline.name) or round(first_guess().total_seconds())


def seconds_left(job: Job) -> int:
    """Until it is done, at least 1."""
    guess = first_guess().total_seconds() * (1 - job.progress / 100)
    return estimate.seconds_left(job) or max(1, round(guess))


def pause(left: int) -> int:
    """Seconds until asking again is worth it."""
    return max(1, min(left // 4, LONGEST_PAUSE_SECONDS))


def etag(job: Job) -> str:
    """What changes when the job does."""
    return f'W/"{job.run}-{job.version}"'
