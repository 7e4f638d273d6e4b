"""Adding requests up, and reading them back by time.

The API adds what it counted every few seconds (api/kit/usage.py), one statement for everything; a summary reads a
workspace's rows of its range by the primary key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from store.jobs import events
from store.kit.clock import utc_now
from store.kit.db import row, rows, transaction

Granularity = Literal["hour", "day", "week", "month"]

_ADD = """
    INSERT INTO request_hour AS known (workspace_id, hour, caller, requests, failed, timed, milliseconds)
    SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
                         %s::float8[])
     ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, hour, caller) DO UPDATE
       SET requests = known.requests + excluded.requests, failed = known.failed + excluded.failed,
           timed = known.timed + excluded.timed, milliseconds = known.milliseconds + excluded.milliseconds
"""
_TOTALS = """
    SELECT coalesce(sum(requests), 0), coalesce(sum(failed), 0), count(DISTINCT caller),
           sum(milliseconds) / nullif(sum(timed), 0)
      FROM request_hour WHERE workspace_id = %s AND hour >= %s AND hour < %s
"""
_TIMELINE = """
    SELECT date_trunc(%s, hour, 'UTC') AS start, sum(requests)
      FROM request_hour WHERE workspace_id = %s AND hour >= %s AND hour < %s GROUP BY 1 ORDER BY 1
"""


class Counted(Struct, frozen=True, kw_only=True):
    """Requests of one caller in one hour, since they were added up last."""

    workspace_id: str
    hour: datetime
    caller: str
    requests: int
    failed: int
    timed: int
    milliseconds: float


class Summary(Struct, frozen=True, kw_only=True):
    """`average_ms` is None where nothing was timed; `timeline` has only the periods with requests, by their start."""

    requests: int
    failed: int
    callers: int
    average_ms: float | None
    timeline: list[tuple[datetime, int]]


def add(counted: Sequence[Counted]) -> None:
    """Add these to what is known."""
    fields = ("workspace_id", "hour", "caller", "requests", "failed", "timed", "milliseconds")
    rows(_ADD, [[getattr(one, field) for one in counted] for field in fields])


def summary(workspace_id: str, start: datetime, end: datetime, granularity: Granularity) -> Summary:
    """The workspace's requests from `start` up to (not including) `end`, in whole hours."""
    found: Any = row(_TOTALS, (workspace_id, start, end))
    timeline = rows(_TIMELINE, (granularity, workspace_id, start, end))
    requests, failed, callers, average = found
    return Summary(
        requests=int(requests),
        failed=int(failed),
        callers=callers,
        average_ms=average,
        timeline=[(moment, int(number)) for moment, number in timeline],
    )


def tell_of_limit(workspace_id: str, *, quota: str, period: str, limit: int, used: int) -> bool:
    """Write `quota.exceeded` into the log, unless it was told for this period; whether this call did."""
    with transaction():
        first = rows(
            "INSERT INTO limit_told (workspace_id, quota, period, told_at) SELECT id, %s, %s, %s FROM workspace"
            " WHERE id = %s ON CONFLICT DO NOTHING RETURNING 1",
            (quota, period, utc_now(), workspace_id),
        )
        if first:
            events.tell(workspace_id, "quota.exceeded", {"quota": quota, "limit": limit, "used": used})
    return bool(first)


def prune(*, older_than: timedelta, limit: int) -> int:
    """Forget hours and tellings that are older, at most `limit` of each; how many."""
    before = utc_now() - older_than
    gone = 0
    for table, moment in (("request_hour", "hour"), ("limit_told", "told_at")):
        gone += len(
            rows(
                f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {moment} < %s LIMIT %s))"
                " RETURNING 1",
                (before, limit),
            )
        )
    return gone
