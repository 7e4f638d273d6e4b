"""Endpoints of a workspace: made, read, changed, deleted. Secrets and header values are handed in sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from store.kit import db
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id
from store.webhooks.records import Breaker

_COLUMNS = (
    "id, workspace_id, surface, name, url, events, header_names, is_active, disabled_reason, created_at, updated_at,"
    " breaker, paused_until, failures, failing_since, last_success_at, old_secret_until"
)


class Endpoint(Struct, frozen=True, kw_only=True):
    """An endpoint as its owner may see it."""

    id: str
    workspace_id: str
    surface: str
    name: str
    url: str
    events: list[str]
    header_names: list[str]
    is_active: bool
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    breaker: Breaker
    paused_until: datetime | None
    failures: int
    failing_since: datetime | None
    last_success_at: datetime | None
    old_secret_until: datetime | None


class NewEndpoint(Struct, frozen=True, kw_only=True):
    """An endpoint to write."""

    id: str
    workspace_id: str
    surface: str
    name: str
    url: str
    events: Sequence[str]
    sources: Sequence[str]
    headers: bytes
    header_names: Sequence[str]
    secret: bytes


class Changes(Struct, frozen=True, kw_only=True):
    """What a PATCH changes; None stays."""

    name: str | None = None
    url: str | None = None
    events: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    headers: bytes | None = None
    header_names: Sequence[str] | None = None
    is_active: bool | None = None


def create(new: NewEndpoint, *, most: int, now: datetime) -> Endpoint:
    """Write it, if the workspace has fewer than `most`. Raises Conflict."""
    with db.transaction():
        # The workspace's row serialises two at once.
        db.row("SELECT FROM workspace WHERE id = %s FOR UPDATE", (new.workspace_id,))
        counted = db.row("SELECT count(*) FROM webhook_endpoint WHERE workspace_id = %s", (new.workspace_id,))
        if counted and counted[0] >= most:
            raise Conflict(
                f"A workspace can have {most} webhooks; delete one first.", code="too_many_webhooks", limit=most
            )
        names = NewEndpoint.__struct_fields__
        found = db.row(
            f"INSERT INTO webhook_endpoint ({', '.join(names)}, created_at, updated_at)"
            f" VALUES ({', '.join(['%s'] * len(names))}, %s, %s) RETURNING {_COLUMNS}",
            (*(_sql(getattr(new, name)) for name in names), now, now),
        )
    assert found
    return _endpoint(found)


def page(workspace_id: str, surface: str, *, limit: int, offset: int) -> tuple[list[Endpoint], int]:
    """The workspace's endpoints of a surface, oldest first, and how many there are in all."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM webhook_endpoint WHERE workspace_id = %s AND surface = %s"
        " ORDER BY id LIMIT %s OFFSET %s",
        (workspace_id, surface, limit, offset),
    )
    total = db.row(
        "SELECT count(*) FROM webhook_endpoint WHERE workspace_id = %s AND surface = %s", (workspace_id, surface)
    )
    return [_endpoint(row) for row in found], int(total[0]) if total else 0


def get(workspace_id: str, surface: str, endpoint_id: str, *, lock: bool = False) -> Endpoint:
    """One endpoint; `lock` keeps it for the caller's transaction. Raises NotFound."""
    found = None
    if is_id("webhook", endpoint_id):
        found = db.row(
            f"SELECT {_COLUMNS} FROM webhook_endpoint WHERE workspace_id = %s AND surface = %s AND id = %s"
            + (" FOR UPDATE" if lock else ""),
            (workspace_id, surface, endpoint_id),
        )
    if found is None:
        raise NotFound("There is no such webhook.", code="webhook_not_found")
    return _endpoint(found)


def change(endpoint: Endpoint, changes: Changes, *, now: datetime) -> Endpoint:
    """Within the caller's transaction, which holds the endpoint. One that is made active begins with a clean record
    and hears of what happens from now on; deliveries that wait go on."""
    given: dict[str, Any] = {
        name: _sql(getattr(changes, name))
        for name in Changes.__struct_fields__
        if getattr(changes, name) is not None
    }  # fmt: skip
    given["updated_at"] = now
    parts = [f"{name} = %s" for name in given]
    values = list(given.values())
    if changes.is_active and not endpoint.is_active:
        parts += [
            "disabled_reason = NULL", "breaker = 'closed'", "breaker_opens = 0", "paused_until = NULL", "failures = 0",
            "failing_since = NULL", "failing_attempts = 0", "from_xid = pg_current_xact_id()",
            "due_at = (SELECT min(next_at) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'pending')",
        ]  # fmt: skip
    found = db.row(
        f"UPDATE webhook_endpoint w SET {', '.join(parts)} WHERE id = %s RETURNING {_COLUMNS}", (*values, endpoint.id)
    )
    assert found
    return _endpoint(found)


def delete(endpoint: Endpoint) -> None:
    """The endpoint with everything that was to be sent to it, and the record of what was."""
    db.rows("DELETE FROM webhook_endpoint WHERE id = %s", (endpoint.id,))


def rotate(endpoint: Endpoint, secret: bytes, *, until: datetime | None, now: datetime) -> Endpoint:
    """A new secret; the one before signs beside it until `until` (None: no longer)."""
    found = db.row(
        "UPDATE webhook_endpoint SET old_secret = CASE WHEN %s::timestamptz IS NULL THEN NULL ELSE secret END,"
        f" old_secret_until = %s, secret = %s, updated_at = %s WHERE id = %s RETURNING {_COLUMNS}",
        (until, until, secret, now, endpoint.id),
    )
    assert found
    return _endpoint(found)


def _sql(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _endpoint(row: tuple[Any, ...]) -> Endpoint:
    return Endpoint(**dict(zip(Endpoint.__struct_fields__, row, strict=True)))
