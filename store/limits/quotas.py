"""Monthly quotas: charged in one statement, so that no race can use more than there is.

Call `charge` in the transaction that does what it pays for: both happen or neither. Months are UTC's calendar months.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from store.kit import clock, db
from store.kit.errors import UsageLimitReached
from store.kit.settings import settings
from store.limits.plans import row_of

Quota = Literal["jobs"]
TITLES: dict[Quota, str] = {"jobs": "jobs"}

# Locks the month's row until the caller's transaction ends; a month that is full returns no row.
_CHARGE = """
    INSERT INTO quota_use AS known (workspace_id, quota, month, used)
    SELECT %(workspace)s, %(quota)s, %(month)s, %(number)s WHERE %(number)s <= %(limit)s
    ON CONFLICT (workspace_id, quota, month) DO UPDATE SET used = known.used + excluded.used
     WHERE known.used + excluded.used <= %(limit)s
    RETURNING used
"""


def is_limited(quota: Quota) -> bool:
    """Whether any plan has an end to it: without one nothing is counted."""
    return bool(getattr(settings().quotas, quota))


def charge(workspace_id: str, quota: Quota, number: int = 1) -> None:
    """Use `number` of this month's quota. Raises UsageLimitReached, and then nothing is used."""
    limit = _limit(workspace_id, quota)
    if limit is None:
        return
    month = _month()
    values = {"workspace": workspace_id, "quota": quota, "month": month, "number": number, "limit": limit}
    if db.database.execute_sql(_CHARGE, values).fetchone() is None:
        resets_at = datetime.combine(_next(month), datetime.min.time(), UTC)
        raise UsageLimitReached(
            f"The plan includes {limit} {TITLES[quota]} a month, and they are used up.",
            quota=quota,
            limit=limit,
            used=used(workspace_id, quota),
            resetsAt=clock.rfc3339(resets_at),
        )


def used(workspace_id: str, quota: Quota) -> int:
    """How many were used this month."""
    found = db.row(
        "SELECT used FROM quota_use WHERE workspace_id = %s AND quota = %s AND month = %s",
        (workspace_id, quota, _month()),
    )
    return int(found[0]) if found else 0


def _limit(workspace_id: str, quota: Quota) -> int | None:
    """What the workspace's plan includes a month; None: no end."""
    found = db.row("SELECT plan FROM workspace WHERE id = %s", (workspace_id,))
    return row_of(getattr(settings().quotas, quota), found[0]) if found else None


def _month() -> date:
    return clock.utc_now().date().replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
