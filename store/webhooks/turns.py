"""Turns: which endpoint is next, and what is due for it. The endpoint is chosen first, then its deliveries.

A turn belongs to one worker until it ends, or `turn_until` passes, or the worker is dead. Endpoints that failed
lately, or never answered well, are chosen out of a share of their own, so that they cannot fill a process.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from store.webhooks.records import Due, Turn

_FREE = """
    w.is_active AND w.due_at <= %(now)s AND w.id <> ALL (%(mine)s)
    AND (w.turn_until IS NULL OR w.turn_until < %(now)s
         OR (w.turn_by <> %(me)s AND NOT EXISTS (SELECT FROM worker k WHERE k.id = w.turn_by AND k.lease_until > now())))
    AND NOT EXISTS (SELECT FROM lane WHERE name = 'hooks' AND paused)
"""
_PROVEN = "w.failures = 0 AND w.last_success_at IS NOT NULL"

_TAKE = f"""
WITH proven AS (
    SELECT w.id FROM webhook_endpoint w WHERE {_FREE} AND {_PROVEN}
     ORDER BY w.due_at LIMIT %(proven)s FOR UPDATE SKIP LOCKED
),
others AS (
    SELECT w.id FROM webhook_endpoint w WHERE {_FREE} AND NOT ({_PROVEN})
     ORDER BY w.due_at LIMIT %(others)s FOR UPDATE SKIP LOCKED
)
UPDATE webhook_endpoint w
   SET turn_token = nextval('webhook_turn'), turn_by = %(me)s, turn_until = %(until)s,
       breaker = CASE WHEN w.breaker = 'open' THEN 'half_open' ELSE w.breaker END
  FROM (SELECT id FROM proven UNION ALL SELECT id FROM others) AS mine
 WHERE w.id = mine.id
RETURNING w.id, w.workspace_id, w.surface, w.url, w.headers, w.secret, w.old_secret, w.old_secret_until, w.turn_token,
          w.in_flight, w.breaker, w.breaker_opens, w.paused_until, w.failures,
          w.failing_since, w.failing_attempts, w.last_success_at
"""

_DUE = """
SELECT d.id, d.endpoint_id, d.event, d.job_id, d.sequence, d.previous_state,
       d.xid::text || '-' || d.event_id, d.body, d.urgent, d.attempts, d.step
  FROM jsonb_to_recordset(%s) AS t(id text, most integer)
 CROSS JOIN LATERAL (
    SELECT * FROM webhook_delivery
     WHERE endpoint_id = t.id AND state = 'pending' AND next_at <= %s
     ORDER BY urgent DESC, next_at, number LIMIT t.most) AS d
"""


def take(
    cursor: Any, worker_id: str, *, mine: Collection[str], now: datetime, lasts: timedelta, proven: int, others: int
) -> list[Turn]:
    """Take the turns of endpoints that have something due: so many with a good record, so many without.

    `mine` are those whose turn the worker has already, also when it has outlasted its time.
    """
    cursor.execute(
        _TAKE,
        {
            "now": now,
            "me": worker_id,
            "mine": list(mine),
            "until": now + lasts,
            "proven": max(proven, 0),
            "others": max(others, 0),
        },
    )
    names = Turn.__struct_fields__
    return [_turn(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def due(cursor: Any, wanted: Sequence[tuple[str, int]], *, now: datetime) -> dict[str, list[Due]]:
    """What is due for each endpoint, at most so many each: pings first, then in order."""
    asked = msgspec.json.encode([{"id": endpoint_id, "most": most} for endpoint_id, most in wanted]).decode()
    cursor.execute(_DUE, (asked, now))
    found: dict[str, list[Due]] = {endpoint_id: [] for endpoint_id, _ in wanted}
    for row in cursor.fetchall():
        one = Due(**dict(zip(Due.__struct_fields__, row, strict=True)))
        found[one.endpoint_id].append(one)
    return found


def release(cursor: Any, worker_id: str) -> None:
    """A worker that ends gives its turns back at once."""
    cursor.execute("UPDATE webhook_endpoint SET turn_until = NULL, turn_by = NULL WHERE turn_by = %s", (worker_id,))


def _turn(values: dict[str, Any]) -> Turn:
    for name in ("headers", "secret", "old_secret"):
        values[name] = None if values[name] is None else bytes(values[name])
    return Turn(**values)
