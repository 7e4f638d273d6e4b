"""From rows to what a caller sees, in the dialect of the surface."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from api.webhooks.dialects import Dialect
from api.webhooks.types import AttemptView, DeliveryView, EventTypeView, Health
from pipelines.webhooks import catalog
from store.kit.clock import rfc3339
from store.webhooks.deliveries import Attempt, Delivery
from store.webhooks.endpoints import Endpoint


def endpoint(dialect: Dialect, row: Endpoint, *, secret: str | None = None) -> Any:
    """An endpoint; with its secret only where it was just made."""
    values: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        dialect.events_field: row.events,
        "status": "active" if row.is_active else "disabled" if row.disabled_reason else "inactive",
        "is_active": row.is_active,
        "disabled_reason": row.disabled_reason,
        "header_names": row.header_names,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
        "health": dialect.spelled(Health)(
            breaker=row.breaker,
            paused_until=_moment(row.paused_until),
            failures_in_a_row=row.failures,
            failing_since=_moment(row.failing_since),
            last_success_at=_moment(row.last_success_at),
        ),
        "secret": UNSET if secret is None else secret,
        "old_secret_until": rfc3339(row.old_secret_until) if row.old_secret_until else UNSET,
    }
    kind = dialect.view
    return kind(**{name: values[name] for name in kind.__struct_fields__})


def delivery(dialect: Dialect, row: Delivery, attempts: Sequence[Attempt], *, whole: bool) -> Any:
    """A delivery with its attempts; `whole`: with its payload."""
    return dialect.spelled(DeliveryView)(
        id=row.id,
        event=row.event,
        status=row.state,
        job_id=row.job_id,
        sequence=row.sequence,
        cursor=row.cursor,
        attempts=[
            dialect.spelled(AttemptView)(
                number=one.number,
                at=rfc3339(one.at),
                duration_ms=one.duration_ms,
                status=one.status,
                error=one.error,
                response=one.response,
            )
            for one in attempts
        ],
        next_attempt_at=_moment(row.next_at) if row.state == "pending" else None,
        failure=row.failure,
        created_at=rfc3339(row.created_at),
        finished_at=_moment(row.finished_at),
        payload=msgspec.json.decode(row.body) if whole else UNSET,
    )


def event_types(dialect: Dialect) -> list[Any]:
    """The catalog of a surface."""
    return [
        dialect.spelled(EventTypeView)(
            name=kind.name,
            title=kind.title,
            contract=kind.contract,
            status=kind.status,
            schema=catalog.schema(kind),
            example=catalog.example(kind, dialect.surface),
        )
        for kind in catalog.offered(dialect.surface).values()
    ]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
