"""Checking alerts: which are due, with the figures that each is about, and what came of it.

An alert is due when its workspace's figures have changed, and as time passes over a window that has runs in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

from store.kit import db
from store.kit.ids import new_id
from store.runs.windows import DAY, MINUTE, floor

PACE = timedelta(seconds=5)  # an alert is looked at no more often, however many runs arrive

_DUE = """
WITH due AS MATERIALIZED (
    SELECT id FROM alert WHERE is_active AND due_at <= %(now)s ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
SELECT a.id, a.workspace_id, a.type, a.threshold, a.min_runs, a.window_minutes, a.is_firing,
       f.runs, f.failed, f.cost, f.timed, f.latency_us
  FROM due JOIN alert a USING (id), LATERAL (
    SELECT coalesce(sum(t.runs), 0)::bigint AS runs, coalesce(sum(t.failed), 0)::bigint AS failed,
           coalesce(sum(t.cost), 0) AS cost, coalesce(sum(t.timed), 0)::bigint AS timed,
           coalesce(sum(t.latency_us), 0) AS latency_us
      FROM run_total t
     WHERE t.workspace_id = a.workspace_id AND t.minutes = CASE a.type WHEN 'COST_SPIKE' THEN 1440 ELSE 1 END
       AND t.at >= CASE a.type WHEN 'COST_SPIKE' THEN %(day)s
                               ELSE %(minute)s - make_interval(mins => a.window_minutes - 1) END
       AND t.at < CASE a.type WHEN 'COST_SPIKE' THEN %(day)s + interval '1 day' ELSE 'infinity' END) AS f
 ORDER BY a.id
"""

_WAKE = """
WITH mine AS (
    SELECT id, greatest(checked_at + %(pace)s, %(now)s) AS soon FROM alert
     WHERE workspace_id = ANY (%(workspaces)s) AND is_active
       AND (due_at IS NULL OR due_at > greatest(checked_at + %(pace)s, %(now)s))
     ORDER BY id FOR NO KEY UPDATE
)
UPDATE alert a SET due_at = mine.soon FROM mine WHERE a.id = mine.id
"""


class Due(Struct, frozen=True, kw_only=True):
    """An alert, locked, with what the runs of its day or window come to; cost in nano-dollars, latency in microseconds."""

    id: str
    workspace_id: str
    type: str
    threshold: float
    min_runs: int
    window_minutes: int
    is_firing: bool
    runs: int
    failed: int
    cost: Decimal
    timed: int
    latency_us: Decimal


def take(*, now: datetime, limit: int) -> list[Due]:
    """Within the caller's transaction: alerts that are due, the longest waiting ones; others' are passed over."""
    found = db.database.execute_sql(
        _DUE, {"now": now, "limit": limit, "day": floor(now, DAY), "minute": floor(now, MINUTE)}
    ).fetchall()
    return [Due(**dict(zip(Due.__struct_fields__, row, strict=True))) for row in found]


def wake(cursor: Any, workspace_ids: Sequence[str], *, now: datetime) -> None:
    """Within the cursor's transaction, which has changed these workspaces' figures: their alerts are due.

    Waits for an alert that is being checked, whose checker has not seen these figures.
    """
    cursor.execute(_WAKE, {"workspaces": list(workspace_ids), "now": now, "pace": PACE})


def save(alert: Due, *, actual: float | None, is_firing: bool, now: datetime, due_at: datetime | None) -> None:
    """Within the caller's transaction: what was found, and when to look again."""
    db.rows(
        "UPDATE alert SET actual = %s, is_firing = %s, checked_at = %s, due_at = %s WHERE id = %s",
        (actual, is_firing, now, due_at, alert.id),
    )


def open_episode(alert: Due, *, actual: float, now: datetime) -> None:
    """Within the caller's transaction: the threshold was passed."""
    db.rows(
        "INSERT INTO alert_episode (id, alert_id, workspace_id, threshold, actual, worst, runs, started_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (new_id("episode"), alert.id, alert.workspace_id, alert.threshold, actual, actual, alert.runs, now),
    )


def worsen_episode(alert: Due, *, actual: float) -> None:
    """Within the caller's transaction: the open episode's worst, if this is."""
    db.rows(
        "UPDATE alert_episode SET worst = %s WHERE alert_id = %s AND ended_at IS NULL AND worst < %s",
        (actual, alert.id, actual),
    )


def prune(*, before: datetime, limit: int) -> int:
    """Delete episodes that ended before a moment, at most `limit` (alert_episode_age); how many."""
    gone = db.rows(
        "DELETE FROM alert_episode WHERE id = ANY (ARRAY("
        "SELECT id FROM alert_episode WHERE ended_at < %s ORDER BY ended_at LIMIT %s)) RETURNING 1",
        (before, limit),
    )
    return len(gone)
