"""Monthly quotas: charged in one statement, so that no race can use more than there is.

Call `charge` in the transaction that does what it pays for: both happen or neither. Months are UTC's calendar months.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from store.kit import clock, db
from store.kit.errors import UsageLimitReached
from store.kit.settings import settings
from store.limits.plans import PLANS, row_of

Quota = Literal["jobs", "runs", "messages"]
TITLES: dict[Quota, str] = {"jobs": "jobs", "runs": "tracked runs", "messages": "messages"}

# Locks the month's row until the caller's transaction ends; a month that is full returns no row.
_CHARGE = """
    INSERT INTO quota_use AS known (workspace_id, quota, month, used)
    SELECT %(workspace)s, %(quota)s, %(month)s, %(number)s WHERE %(number)s <= %(limit)s
    ON CONFLICT (workspace_id, quota, month) DO UPDATE SET used = known.used + excluded.used
     WHERE known.used + excluded.used <= %(limit)s
    RETURNING used
"""


_OPEN = """
    INSERT INTO quota_use (workspace_id, quota, month, used)
    SELECT unnest(%s), %s, %s, 0 ORDER BY 1 ON CONFLICT DO NOTHING
"""
_LOCK = """
    SELECT workspace_id, used, told_at FROM quota_use
     WHERE workspace_id = ANY (%s) AND quota = %s AND month = %s ORDER BY workspace_id FOR UPDATE
"""
_USE = """
    UPDATE quota_use SET used = used + %s, told_at = coalesce(told_at, CASE WHEN %s THEN now() END)
     WHERE workspace_id = %s AND quota = %s AND month = %s
"""


class Granted(Struct, frozen=True, kw_only=True):
    """How many of what a workspace wanted it may have; `reached_now`: this is what uses the month up, told for the first time."""

    number: int
    plan: str
    limit: int | None = None
    used: int = 0
    reached_now: bool = False


def is_limited(quota: Quota) -> bool:
    """Whether any plan has an end to it: without one nothing is counted."""
    return bool(getattr(settings().quotas, quota))


def charge(workspace_id: str, quota: Quota, number: int = 1) -> Granted:
    """Use `number` of this month's quota. Raises UsageLimitReached, and then nothing is used."""
    plan, limit = _limit(workspace_id, quota)
    if limit is None:
        return Granted(number=number, plan=plan)
    values = {"workspace": workspace_id, "quota": quota, "month": _month(), "number": number, "limit": limit}
    charged = db.database.execute_sql(_CHARGE, values).fetchone()
    if charged is None:
        raise used_up(quota, limit=limit, used=used(workspace_id, quota))
    return Granted(number=number, plan=plan, limit=limit, used=charged[0], reached_now=charged[0] == limit)


def charge_up_to(cursor: Any, quota: Quota, wanted: Mapping[str, int]) -> dict[str, Granted]:
    """Use of each workspace's month what there is, up to the number wanted. Within the cursor's transaction.

    The months' rows stay locked until its end, in the order of the workspaces.
    """
    cursor.execute("SELECT id, plan FROM workspace WHERE id = ANY (%s)", (list(wanted),))
    plans = dict(cursor.fetchall())
    table, month = getattr(settings().quotas, quota), _month()
    limits = {place: row_of(table, plan) for place, plan in plans.items()}
    found = {
        place: Granted(number=number, plan=plans.get(place, PLANS[0]))
        for place, number in wanted.items()
        if limits.get(place) is None
    }
    bound = sorted(set(wanted) - set(found))
    if not bound:
        return found
    cursor.execute(_OPEN, (bound, quota, month))
    cursor.execute(_LOCK, (bound, quota, month))
    for place, so_far, told_at in cursor.fetchall():
        limit = limits[place] or 0
        number = max(min(wanted[place], limit - so_far), 0)
        is_reached = so_far + number >= limit
        found[place] = Granted(
            number=number,
            plan=plans[place],
            limit=limit,
            used=so_far + number,
            reached_now=is_reached and told_at is None,
        )
        cursor.execute(_USE, (number, is_reached, place, quota, month))
    return found


def used_up(quota: Quota, *, limit: int, used: int) -> UsageLimitReached:
    """What a caller is told who wants more than the month has."""
    resets_at = datetime.combine(_next(_month()), datetime.min.time(), UTC)
    return UsageLimitReached(
        f"The plan includes {limit} {TITLES[quota]} a month, and they are used up.",
        quota=quota,
        limit=limit,
        used=used,
        resetsAt=clock.rfc3339(resets_at),
        retry_after=resets_at - clock.utc_now(),
    )


def used(workspace_id: str, quota: Quota) -> int:
    """How many were used this month."""
    found = db.row(
        "SELECT used FROM quota_use WHERE workspace_id = %s AND quota = %s AND month = %s",
        (workspace_id, quota, _month()),
    )
    return int(found[0]) if found else 0


def _limit(workspace_id: str, quota: Quota) -> tuple[str, int | None]:
    """The workspace's plan, and what it includes a month; None: no end."""
    found = db.row("SELECT plan FROM workspace WHERE id = %s", (workspace_id,))
    return (found[0], row_of(getattr(settings().quotas, quota), found[0])) if found else (PLANS[0], None)


def _month() -> date:
    return clock.utc_now().date().replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
