"""The shapes that pass between the store and the engine: msgspec structs, one per kind of row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Raw, Struct

TERMINAL = ("completed", "failed", "cancelled")


class NewJob(Struct, frozen=True, kw_only=True):
    """A job to accept, with its first task. `input` is encoded JSON; times are RFC 3339 by msgspec."""

    id: str
    workspace_id: str
    pipeline: str
    surface: str
    public: bool
    priority: int
    input: Raw
    run_at: datetime | None
    ttl_seconds: float
    created_by: str | None
    concurrency_key: str | None
    lane: str
    deadline_seconds: float
    key: str | None
    key_limit: int | None
    idempotency_key: str | None
    fingerprint: str | None
    request_id: str | None = None
    price: int = 0
    sandbox: bool = False


class Accepted(Struct, frozen=True, kw_only=True):
    """The answer to a submit. `replayed`: the job was there already, under the same idempotency key."""

    id: str
    pipeline: str
    created_at: datetime
    replayed: bool = False


class Message(Struct, frozen=True):
    """A wake-up to push: which task waits on which lane."""

    task_id: int
    lane: str


class NewTask(Struct, frozen=True, kw_only=True):
    """A task to insert: the next stage's, or one that runs again."""

    job_id: str
    run: int
    stage: int
    idx: int
    workspace_id: str
    pipeline: str
    lane: str
    priority: int
    deadline_seconds: float
    delay_seconds: float = 0.0
    key: str | None = None
    key_limit: int | None = None
    has_slot: bool = False
    attempt: int = 0
    crashes: int = 0
    last_error: str | None = None
    unstarted: bool = False
    """The job has not begun, so its time to live still runs."""


class NewPart(Struct, frozen=True, kw_only=True):
    """What is kept of one task beside the hot row. Fields that are UNSET in the database stay as they are."""

    job_id: str
    stage: int
    idx: int
    input: Any = None
    output: Any = None
    error: Any = None
    done: bool = False


class NewEvent(Struct, frozen=True, kw_only=True):
    """A line for the log."""

    workspace_id: str
    type: str
    data: Any
    job_id: str | None = None


class JobChange(Struct, frozen=True, kw_only=True):
    """The state a job has after a finish."""

    id: str
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
    ended: bool = False


class Claim(Struct, frozen=True, kw_only=True):
    """A task in the hands of this worker; `token` fences every write made for it."""

    task_id: int
    token: int
    job_id: str
    workspace_id: str
    pipeline: str
    lane: str
    run: int
    stage: int
    idx: int
    attempt: int
    crashes: int
    key: str | None
    key_limit: int | None
    job_key: str | None
    deadline_seconds: float
    priority: int
    surface: str
    job_state: str
    input: Any
    part: Any
    checkpoint: Any
    request_id: str | None = None
    """The request that made the job."""
    waited_seconds: float = 0.0
    """From when it could have started until it was claimed."""


class Event(Struct, frozen=True, kw_only=True):
    """One line of the log; (xid, id) is its place."""

    xid: int
    id: int
    workspace_id: str
    job_id: str | None
    type: str
    data: Any
    created_at: datetime

    @property
    def cursor(self) -> str:
        """What a reader hands back to go on after this line."""
        return f"{self.xid}-{self.id}"
