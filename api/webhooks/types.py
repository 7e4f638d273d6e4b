"""What the webhook endpoints take and give, in snake_case; dialects.py spells them for run tracking.

`events` is `event_types` at Insydr, and an endpoint's state a word at CR AudioViz and a boolean at the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Snake

Url = Annotated[str, Meta(max_length=2048, examples=["https://yoursite.com/webhook"])]
Name = Annotated[str, Meta(max_length=200, examples=["Slack Notifications"])]
Secret = Annotated[str, Meta(max_length=256, examples=["your_webhook_secret"])]
Events = Annotated[list[str], Meta(max_length=200)]
Headers = Annotated[dict[str, str], Meta(examples=[{"X-Custom-Header": "value"}])]
Moment = Annotated[datetime, Meta(tz=True)]
State = Literal["pending", "delivered", "failed"]


class CreateWebhook(Snake):
    """A new endpoint. Without a `secret` of your own we make one; it is shown this once."""

    url: Url
    events: Events
    name: Name | None = None
    headers: Headers | None = None
    secret: Secret | None = None


class CreateInsydrWebhook(Snake):
    """A new endpoint. Without a `secret` of your own we make one; it is shown this once."""

    url: Url
    event_types: Events
    name: Name | None = None
    headers: Headers | None = None
    secret: Secret | None = None


class PatchWebhook(Snake):
    """What to change; what is missing stays. `headers` replaces all custom headers."""

    url: Url | None = None
    events: Events | None = None
    name: Name | None = None
    headers: Headers | None = None
    is_active: bool | None = None


class PatchInsydrWebhook(Snake):
    """What to change; what is missing stays. `headers` replaces all custom headers."""

    url: Url | None = None
    event_types: Events | None = None
    name: Name | None = None
    headers: Headers | None = None
    is_active: bool | None = None


class RotateSecret(Snake):
    """For how long the old secret signs beside the new one (0: not at all), and the new one if it is your own."""

    secret: Secret | None = None
    overlap_hours: Annotated[float, Meta(ge=0, le=168)] | None = None


class RecoverDeliveries(Snake):
    """From when to when; up to now unless told otherwise."""

    since: Moment
    until: Moment | None = None


class ListWebhooks(Snake):
    """Which page."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    offset: Annotated[int, Meta(ge=0, le=100_000)] = 0


class ListDeliveries(Snake):
    """Which deliveries; newest first."""

    status: State | None = None
    event: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class Health(Snake):
    """How the endpoint does. `paused_until`: its breaker is open, or it asked for rest."""

    breaker: Literal["closed", "open", "half_open"]
    paused_until: str | None
    failures_in_a_row: int
    failing_since: str | None
    last_success_at: str | None


class WebhookView(Snake):
    """An endpoint. `secret` is there in the answer that made it and nowhere else; header values are not shown."""

    id: str
    name: str
    url: str
    events: list[str]
    status: Literal["active", "inactive", "disabled"]
    is_active: bool
    disabled_reason: str | None
    header_names: list[str]
    created_at: str
    updated_at: str
    health: Health
    secret: str | UnsetType = UNSET
    old_secret_until: str | UnsetType = UNSET


class InsydrWebhookView(Snake):
    """An endpoint. `secret` is there in the answer that made it and nowhere else; header values are not shown."""

    id: str
    name: str
    url: str
    event_types: list[str]
    is_active: bool
    disabled_reason: str | None
    header_names: list[str]
    created_at: str
    updated_at: str
    health: Health
    secret: str | UnsetType = UNSET
    old_secret_until: str | UnsetType = UNSET


class AttemptView(Snake):
    """One try: the receiver's status, or the code of what went wrong; `response` is the answer's beginning."""

    number: int
    at: str
    duration_ms: int
    status: int | None
    error: str | None
    response: str | None


class DeliveryView(Snake):
    """One event on its way. `id` is the `webhook-id` header, `cursor` its place in GET /v1/events."""

    id: str
    event: str
    status: State
    job_id: str | None
    sequence: int | None
    cursor: str | None
    attempts: list[AttemptView]
    next_attempt_at: str | None
    failure: str | None
    created_at: str
    finished_at: str | None
    payload: Any = UNSET


class DeliveryPage(Snake):
    """Deliveries, newest first, without their payloads."""

    deliveries: list[DeliveryView]
    next_cursor: str | None
    has_more: bool


class PingResult(Snake):
    """What came of the test."""

    delivered: bool
    delivery: DeliveryView


class RecoverResult(Snake):
    """How many deliveries are due again; `has_more`: call again."""

    deliveries: int
    has_more: bool


class Deleted(Snake):
    """It is gone."""

    deleted: bool
    id: str


class EventTypeView(Snake):
    """An event that an endpoint can ask for. `planned`: nothing emits it yet. `schema` is that of the whole payload."""

    name: str
    title: str
    contract: str
    status: Literal["live", "planned"]
    schema: dict[str, Any]
    example: dict[str, Any]


class EventTypeList(Snake):
    """Every event that this API's endpoints can ask for."""

    events: list[EventTypeView]
