"""What the job endpoints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from api.kit.types import Own

PipelineName = Annotated[str, Meta(min_length=1, max_length=100, examples=["diagnostics.echo"])]
Moment = Annotated[datetime, Meta(tz=True)]


class SubmitJob(Own):
    """A wish for work. `input` is checked against the pipeline's schema (GET /v1/pipelines)."""

    pipeline: PipelineName
    input: Raw = field(default_factory=lambda: Raw(b"{}"))
    priority: Annotated[int, Meta(ge=-10, le=10, description="Higher goes first; a step is worth a minute.")] = 0
    run_at: Moment | None = None
    concurrency_key: (
        Annotated[
            str, Meta(min_length=1, max_length=128, description="One job at a time per key, within the workspace.")
        ]
        | None
    ) = None
    ttl_seconds: Annotated[float, Meta(ge=1, description="Fail as `expired` when not started by then.")] | None = None


class BatchItem(SubmitJob):
    """One job of a batch, with an Idempotency-Key of its own."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=255)] | None = None


class SubmitBatch(Own):
    """Up to 1,000 jobs; each is accepted or refused on its own."""

    jobs: Annotated[list[Raw], Meta(min_length=1, max_length=1000)]


class Wait(Own):
    """How long the answer may wait for the job's end, in seconds."""

    wait: Annotated[float, Meta(ge=0, le=30)] = 0.0


class ListJobs(Own):
    """Which jobs; newest first."""

    status: Literal["processing", "queued", "running", "completed", "failed", "cancelled"] | None = None
    pipeline: PipelineName | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class ReadEvents(Own):
    """Where to go on: the `next_cursor` of the page before, or an event's `id`."""

    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class PauseLane(Own):
    """Why, for those who look later."""

    reason: Annotated[str, Meta(max_length=500)] | None = None


class JobError(Struct, omit_defaults=True):
    """Why a job failed; `retryable` says whether POST …/retry can help."""

    code: str
    message: str
    retryable: bool | UnsetType = UNSET
    details: Any = UNSET


class JobView(Struct, kw_only=True):
    """A job. `status` speaks CR AudioViz's words, `state` ours; `progress` is percent, durations are seconds."""

    job_id: str
    status: Literal["processing", "completed", "failed", "cancelled"]
    progress: int
    message: str | None
    result: Any = UNSET
    credits_used: int | UnsetType = UNSET
    completed_at: str | UnsetType = UNSET
    error: Any = UNSET
    state: Literal["queued", "running", "completed", "failed", "cancelled"]
    pipeline: str
    stage: str | None
    run: int
    priority: int
    concurrency_key: str | None
    estimated_time_remaining: int | None
    created_at: str
    run_at: str
    expires_at: str | None
    started_at: str | None
    finished_at: str | None
    sandbox: bool | UnsetType = UNSET
    """Made by a test key: it cost nothing."""


class JobPage(Struct):
    """Jobs, newest first; results are left out."""

    jobs: list[JobView]
    next_cursor: str | None
    has_more: bool


class Told(Struct):
    """The error of one item of a batch."""

    code: str
    message: str
    details: dict[str, Any]


class BatchAnswer(Struct, omit_defaults=True):
    """What became of one item: `job` when it is ok, else `status` and `error`."""

    ok: bool
    job: JobView | UnsetType = UNSET
    status: int | UnsetType = UNSET
    error: Told | UnsetType = UNSET


class BatchResult(Struct):
    """One answer per item, in the order of the request."""

    results: list[BatchAnswer]
    accepted: int
    refused: int


class EventView(Struct):
    """A line of the log. `id` is its cursor and its `Last-Event-ID`."""

    id: str
    type: str
    job_id: str | None
    created_at: str
    data: Any


class EventPage(Struct):
    """Events in order; `next_cursor` is where the next call goes on, also when there was nothing."""

    events: list[EventView]
    next_cursor: str
    has_more: bool


class StageView(Struct):
    """A step of a pipeline; `weight` is its share of the progress, relative to the others."""

    name: str
    lane: str
    weight: float
    fan_out: bool
    attempts: int
    deadline_seconds: float


class PipelineView(Struct):
    """Something that can be submitted by name."""

    name: str
    title: str
    description: str
    stages: list[StageView]
    input_schema: dict[str, Any]


class PipelineList(Struct):
    """Every public pipeline, by name."""

    pipelines: list[PipelineView]


class LaneView(Struct):
    """A lane's state; depths are counted up to a cap."""

    name: str
    paused: bool
    waiting: int
    sent: int
    running: int
    oldest_seconds: float
    threads: int


class LaneList(Struct):
    """Every lane, by name."""

    lanes: list[LaneView]
