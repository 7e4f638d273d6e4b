"""The shapes that pass between the store and the pipelines of webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

Breaker = Literal["closed", "open", "half_open"]


class Line(Struct, frozen=True, kw_only=True):
    """A line of the log with what payloads need of its job. `sequence` counts the job's lines from 1."""

    xid: int
    id: int
    workspace_id: str
    job_id: str | None
    type: str
    data: dict[str, Any]
    created_at: datetime
    sequence: int | None
    facts: dict[str, Any]


class Listener(Struct, frozen=True):
    """An endpoint that asked for lines of a type: `events` are the names of the catalog that it subscribed to."""

    id: str
    surface: str
    events: list[str]


class NewDelivery(Struct, frozen=True, kw_only=True):
    """A delivery to write; `next_at` is when the first attempt is due."""

    id: str
    endpoint_id: str
    event: str
    body: str
    next_at: datetime
    xid: int | None = None
    event_id: int | None = None
    job_id: str | None = None
    sequence: int | None = None
    previous_state: str | None = None
    urgent: bool = False


class Turn(Struct, frozen=True, kw_only=True):
    """An endpoint whose turn a worker has taken, as it stood then. `token` fences what the turn writes to it."""

    id: str
    workspace_id: str
    surface: str
    url: str
    headers: bytes
    secret: bytes
    old_secret: bytes | None
    old_secret_until: datetime | None
    token: int
    in_flight: int
    breaker: Breaker
    breaker_opens: int
    paused_until: datetime | None
    failures: int
    failing_since: datetime | None
    failing_attempts: int
    last_success_at: datetime | None


class Due(Struct, frozen=True, kw_only=True):
    """A delivery whose time has come."""

    id: str
    endpoint_id: str
    event: str
    job_id: str | None
    sequence: int | None
    previous_state: str | None
    cursor: str | None
    body: str
    urgent: bool
    attempts: int
    step: int


class Attempted(Struct, frozen=True, kw_only=True):
    """One attempt and what it makes of its delivery. `state` pending: again at `next_at`."""

    delivery_id: str
    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    response: str | None
    state: Literal["pending", "delivered", "failed"]
    step: int
    next_at: datetime | None
    outcome: str


class TurnEnd(Struct, frozen=True, kw_only=True):
    """What an endpoint is after its turn. `disable` is the reason to disable it, if there is one."""

    id: str
    workspace_id: str
    token: int
    in_flight: int
    breaker: Breaker
    breaker_opens: int
    paused_until: datetime | None
    failures: int
    failing_since: datetime | None
    failing_attempts: int
    last_success_at: datetime | None
    disable: str | None = None
