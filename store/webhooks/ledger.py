"""What came of attempts, written for many deliveries and many endpoints in one transaction.

Endpoints whose turn ends are locked first, in order of their ids: what is due next is then read with a newer
snapshot than the lock, so a delivery that the feed wrote meanwhile is not overlooked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from store.jobs import events
from store.kit import db
from store.kit.ids import first_id
from store.webhooks.records import Attempted, TurnEnd

_LOCK = "SELECT FROM webhook_endpoint WHERE id = ANY (%s) ORDER BY id FOR UPDATE"

_ATTEMPTS = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%s) AS t(
        delivery_id text, number integer, at timestamptz, duration_ms integer, status smallint, error text,
        response text, state text, step smallint, next_at timestamptz)
),
held AS MATERIALIZED (
    SELECT d.id FROM webhook_delivery d WHERE d.id IN (SELECT delivery_id FROM given) ORDER BY d.id FOR NO KEY UPDATE
),
kept AS (
    INSERT INTO webhook_attempt (delivery_id, number, at, duration_ms, status, error, response)
    SELECT delivery_id, number, at, duration_ms, status, error, response FROM given JOIN held ON held.id = delivery_id
)
UPDATE webhook_delivery d
   SET state = g.state, attempts = greatest(d.attempts, g.number), step = g.step, next_at = g.next_at, urgent = false,
       failure = CASE WHEN g.state = 'failed' THEN coalesce(g.error, 'status ' || g.status) END,
       finished_at = CASE WHEN g.state <> 'pending' THEN g.at END
  FROM given g JOIN held ON held.id = g.delivery_id WHERE d.id = g.delivery_id AND d.state = 'pending'
"""

_ENDS = """
UPDATE webhook_endpoint w
   SET turn_token = NULL, turn_by = NULL, turn_until = NULL, in_flight = g.in_flight, breaker = g.breaker,
       breaker_opens = g.breaker_opens, paused_until = g.paused_until, failures = g.failures,
       failing_since = g.failing_since, failing_attempts = g.failing_attempts,
       last_success_at = coalesce(g.last_success_at, w.last_success_at),
       due_at = least(
           (SELECT d.next_at FROM webhook_delivery d
             WHERE d.endpoint_id = w.id AND d.state = 'pending' AND d.urgent = true ORDER BY d.next_at LIMIT 1),
           greatest((SELECT d.next_at FROM webhook_delivery d
             WHERE d.endpoint_id = w.id AND d.state = 'pending' AND d.urgent = false ORDER BY d.next_at LIMIT 1),
             CASE WHEN EXISTS (SELECT FROM webhook_delivery d
                                WHERE d.endpoint_id = w.id AND d.state = 'pending' AND d.urgent = false)
                  THEN g.paused_until END))
  FROM jsonb_to_recordset(%s) AS g(
    id text, token bigint, in_flight smallint, breaker text, breaker_opens smallint, paused_until timestamptz,
    failures integer, failing_since timestamptz, failing_attempts integer, last_success_at timestamptz)
 WHERE w.id = g.id AND w.turn_token = g.token
"""

_COUNT = """
INSERT INTO webhook_outcome AS o (outcome, attempts) SELECT * FROM unnest(%s, %s::bigint[])
ON CONFLICT (outcome) DO UPDATE SET attempts = o.attempts + excluded.attempts
"""

# Endpoints are found by leaps over the index, from the first delivery of one to the first of the next.
_OF_NOBODY = """
WITH RECURSIVE owner (id) AS (
    SELECT min(endpoint_id) FROM webhook_delivery
    UNION ALL
    SELECT (SELECT min(endpoint_id) FROM webhook_delivery d WHERE d.endpoint_id > owner.id) FROM owner
     WHERE owner.id IS NOT NULL
)
DELETE FROM webhook_delivery WHERE id = ANY (ARRAY(
    SELECT d.id FROM owner
     CROSS JOIN LATERAL (SELECT id FROM webhook_delivery WHERE endpoint_id = owner.id LIMIT %s) AS d
     WHERE NOT EXISTS (SELECT FROM webhook_endpoint w WHERE w.id = owner.id) LIMIT %s))
RETURNING 1
"""


def write(cursor: Any, attempts: Sequence[Attempted], ends: Sequence[TurnEnd]) -> None:
    """Write attempts and ends of turns, and commit."""
    cursor.execute("BEGIN")
    if ends:
        cursor.execute(_LOCK, (sorted(one.id for one in ends),))
    if attempts:
        cursor.execute(_ATTEMPTS, (msgspec.json.encode(attempts).decode(),))
    if ends:
        cursor.execute(_ENDS, (msgspec.json.encode(ends).decode(),))
    if attempts:
        counted = sorted(Counter(one.outcome for one in attempts).items())
        cursor.execute(_COUNT, ([name for name, _ in counted], [number for _, number in counted]))
    cursor.execute("COMMIT")


def disable(workspace_id: str, endpoint_id: str, *, reason: str, now: datetime) -> bool:
    """Within the caller's db.transaction(): no more deliveries to this endpoint, and an event that says so.

    `fail_pending` follows. False when it was disabled already.
    """
    found = db.row(
        "UPDATE webhook_endpoint SET is_active = false, disabled_reason = %s, due_at = NULL, updated_at = %s"
        " WHERE id = %s AND workspace_id = %s AND is_active RETURNING id",
        (reason, now, endpoint_id, workspace_id),
    )
    if found is None:
        return False
    events.tell(workspace_id, "webhook.disabled", {"webhook_id": endpoint_id, "reason": reason})
    return True


def fail_pending(endpoint_id: str, *, now: datetime, limit: int) -> int:
    """So much of what was pending for a disabled endpoint has failed, and recover brings it back; how many."""
    return len(
        db.rows(
            "UPDATE webhook_delivery SET state = 'failed', failure = 'endpoint_disabled', finished_at = %s, next_at = NULL"
            " WHERE id = ANY (ARRAY(SELECT id FROM webhook_delivery WHERE endpoint_id = %s AND state = 'pending' LIMIT %s))"
            "   AND state = 'pending' AND EXISTS (SELECT FROM webhook_endpoint WHERE id = %s AND NOT is_active)"
            " RETURNING 1",
            (now, endpoint_id, limit, endpoint_id),
        )
    )


class Figures(Struct, frozen=True):
    """What /metrics tells. `pending` is counted up to a cap."""

    attempts: dict[str, int]
    pending: int
    open_breakers: int
    disabled: int


COUNTED = 100_000


def figures() -> Figures:
    """Attempts so far by outcome, deliveries that wait, endpoints whose breaker is open or that were disabled."""
    attempts = {str(name): int(number) for name, number in db.rows("SELECT outcome, attempts FROM webhook_outcome")}
    found = db.row(
        "SELECT (SELECT count(*) FROM (SELECT FROM webhook_delivery WHERE state = 'pending' LIMIT %s) AS waiting),"
        " count(*) FILTER (WHERE is_active AND breaker <> 'closed'), count(*) FILTER (WHERE disabled_reason IS NOT NULL)"
        " FROM webhook_endpoint",
        (COUNTED,),
    )
    assert found
    return Figures(attempts, *map(int, found))


def prune(cursor: Any, *, now: datetime, keep: timedelta, batch: int = 1000) -> int:
    """Delete one batch of deliveries older than `keep`, with their attempts; how many. Repeat while it is not 0."""
    cursor.execute(
        "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE id < %s ORDER BY id LIMIT %s)",
        (first_id("message", now - keep), batch),
    )
    return int(cursor.rowcount)


def prune_of_nobody(*, limit: int) -> int:
    """Delete deliveries whose endpoint was deleted, at most `limit`; how many (index webhook_delivery_by_endpoint)."""
    return len(db.rows(_OF_NOBODY, (limit, limit)))
