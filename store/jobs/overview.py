"""The state of the whole engine in a few numbers: for /health, /metrics and operators, never for a customer."""

from __future__ import annotations

from msgspec import Struct

from store.kit import db

COUNTED = 100_000  # a deeper lane is told as this deep: counting a million rows for a gauge is not worth it


class LaneDepth(Struct, frozen=True):
    """A lane's open tasks by state and the age of the oldest that could start, in seconds (0: none waits)."""

    name: str
    paused: bool
    waiting: int
    sent: int
    running: int
    oldest_seconds: float
    threads: int


def live_workers() -> int:
    """Worker processes whose lease has not run out."""
    found = db.row("SELECT count(*) FROM worker WHERE lease_until > now()")
    return int(found[0]) if found else 0


def lane_depths() -> list[LaneDepth]:
    """Every lane. Uses task_ready and task_sent for the counts; running tasks are few (one per live thread)."""
    found = db.rows(
        """
        SELECT l.name, l.paused,
               (SELECT count(*) FROM (SELECT FROM task WHERE lane = l.name AND state = 'ready' LIMIT %s) AS t),
               (SELECT count(*) FROM (SELECT FROM task WHERE lane = l.name AND state = 'sent' LIMIT %s) AS t),
               coalesce(r.running, 0),
               greatest(coalesce(extract(epoch FROM now() - (
                   SELECT min(run_at) FROM (
                       SELECT run_at FROM task WHERE lane = l.name AND state = 'ready' ORDER BY lane, workspace_id,
                              order_at, id LIMIT 1000) AS first)), 0), 0)::float8,
               (SELECT coalesce(sum(threads), 0) FROM worker WHERE l.name = ANY (lanes) AND lease_until > now())
          FROM lane l
          LEFT JOIN (SELECT lane, count(*) AS running FROM task
                      WHERE state IN ('running', 'stopping') AND worker_id IS NOT NULL GROUP BY lane) AS r
            ON r.lane = l.name
         ORDER BY l.name
        """,
        (COUNTED, COUNTED),
    )
    return [LaneDepth(*one) for one in found]
