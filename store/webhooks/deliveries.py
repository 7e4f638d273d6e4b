"""Deliveries of an endpoint: read with their attempts, sent again, recovered. Owned through their endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from store.kit import db
from store.kit.errors import NotFound
from store.kit.ids import is_id
from store.webhooks import feed
from store.webhooks.endpoints import Endpoint
from store.webhooks.records import NewDelivery

State = Literal["pending", "delivered", "failed"]
_COLUMNS = (
    "id, number, event, job_id, sequence, state, attempts, next_at, failure, created_at, finished_at, body,"
    " xid::text || '-' || event_id"
)
# A resend starts the schedule anew; the id stays, so that receivers can tell.
_AGAIN = "state = 'pending', step = 0, failure = NULL, finished_at = NULL, next_at = %s"


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint; its id is the `webhook-id`."""

    id: str
    number: int
    event: str
    job_id: str | None
    sequence: int | None
    state: State
    attempts: int
    next_at: datetime | None
    failure: str | None
    created_at: datetime
    finished_at: datetime | None
    body: str
    cursor: str | None


class Attempt(Struct, frozen=True, kw_only=True):
    """One try: the receiver's status, or an error's code."""

    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    response: str | None


def page(
    endpoint: Endpoint, *, limit: int, before: int | None, state: str | None, event: str | None
) -> list[Delivery]:  # fmt: skip
    """The endpoint's deliveries, newest first, older than number `before`."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM webhook_delivery WHERE endpoint_id = %s AND (%s::bigint IS NULL OR number < %s)"
        " AND (%s::text IS NULL OR state = %s) AND (%s::text IS NULL OR event = %s) ORDER BY number DESC LIMIT %s",
        (endpoint.id, before, before, state, state, event, event, limit),
    )
    return [_delivery(row) for row in found]


def get(endpoint: Endpoint, delivery_id: str) -> Delivery:
    """One delivery. Raises NotFound."""
    found = None
    if is_id("message", delivery_id):
        found = db.row(
            f"SELECT {_COLUMNS} FROM webhook_delivery WHERE id = %s AND endpoint_id = %s", (delivery_id, endpoint.id)
        )
    if found is None:
        raise NotFound("There is no such delivery.", code="delivery_not_found")
    return _delivery(found)


def attempts_of(delivery_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """The attempts of each, first to last."""
    found: dict[str, list[Attempt]] = {delivery_id: [] for delivery_id in delivery_ids}
    for delivery_id, *row in db.rows(
        "SELECT delivery_id, number, at, duration_ms, status, error, response FROM webhook_attempt"
        " WHERE delivery_id = ANY (%s) ORDER BY id",
        (list(delivery_ids),),
    ):
        found[delivery_id].append(Attempt(**dict(zip(Attempt.__struct_fields__, row, strict=True))))
    return found


def resend(endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> None:
    """Within the caller's transaction, which holds the endpoint: deliver it once more, at once."""
    db.rows(f"UPDATE webhook_delivery SET {_AGAIN}, urgent = true WHERE id = %s", (now, delivery.id))
    _rouse(endpoint, now)


def recover_failed(endpoint: Endpoint, *, since: datetime, until: datetime, limit: int, now: datetime) -> int:
    """Within the caller's transaction, which holds the endpoint: failed deliveries of that time are due again."""
    found = db.rows(
        f"UPDATE webhook_delivery SET {_AGAIN} WHERE id IN (SELECT id FROM webhook_delivery"
        "  WHERE endpoint_id = %s AND state = 'failed' AND created_at >= %s AND created_at < %s"
        "  ORDER BY number LIMIT %s) RETURNING id",
        (now, endpoint.id, since, until, limit),
    )
    if found:
        with db.database.connection().cursor() as cursor:
            feed.wake(cursor, {endpoint.id}, at=now)
    return len(found)


def send_at_once(endpoint: Endpoint, delivery: NewDelivery, *, now: datetime) -> None:
    """Within the caller's transaction, which holds the endpoint: a delivery that an open breaker does not hold up."""
    with db.database.connection().cursor() as cursor:
        feed.write(cursor, [delivery], now=now)
    _rouse(endpoint, now)


def _rouse(endpoint: Endpoint, now: datetime) -> None:
    db.rows("UPDATE webhook_endpoint SET due_at = %s WHERE id = %s", (now, endpoint.id))


def _delivery(row: tuple[Any, ...]) -> Delivery:
    return Delivery(**dict(zip(Delivery.__struct_fields__, row, strict=True)))
