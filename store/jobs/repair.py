"""Repair and upkeep queries: what the reconciler runs so that nothing stays lost, stuck or for ever.

Each is safe to run at any time by any number of processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from store.kit.clock import utc_now
from store.kit.ids import first_id
from store.kit.settings import settings

LOST_AFTER_SECONDS = 1.0  # a message is claimed within milliseconds of its pop; a second is far past that
OUT_OF_ORDER_SECONDS = 5.0  # by how much two dispatchers' messages may stand in a list against the order of sending


def resend_lost(cursor: Any, lane: str, *, next_id: int | None) -> int:
    """Sent tasks of a lane whose messages were popped and lost wait again; how many.

    `next_id` is the first message of the lane's list, None when the list is empty. A list is taken from its
    front, so what was sent well before its first message is not in it.
    """
    cursor.execute(
        "UPDATE task SET state = 'ready' WHERE id IN ("
        "  SELECT id FROM task WHERE lane = %s AND state = 'sent' AND sent_at < now() - make_interval(secs => %s)"
        "   AND (%s::bigint IS NULL OR sent_at < (SELECT sent_at - make_interval(secs => %s) FROM task WHERE id = %s))"
        "  FOR UPDATE SKIP LOCKED)",
        (lane, LOST_AFTER_SECONDS, next_id, OUT_OF_ORDER_SECONDS, next_id),
    )
    return int(cursor.rowcount)


def new_epoch(cursor: Any, epoch: str) -> int | None:
    """Compare Redis's epoch with the one known: None if it is the same, else every sent task waits again."""
    cursor.execute("UPDATE engine_state SET redis_epoch = %s WHERE redis_epoch <> %s", (epoch, epoch))
    if not cursor.rowcount:
        return None
    cursor.execute("UPDATE task SET state = 'ready' WHERE state = 'sent'")
    return int(cursor.rowcount)


def paused_lanes(cursor: Any) -> list[str]:
    """The lanes that are paused now."""
    cursor.execute("SELECT name FROM lane WHERE paused")
    return [name for (name,) in cursor.fetchall()]


def audit_slots(cursor: Any) -> int:
    """Set every slot counter to the tasks that really hold one, and drop idle keys; how many were wrong."""
    cursor.execute("BEGIN")
    cursor.execute("SELECT key, used FROM slot ORDER BY key FOR UPDATE")
    counted = dict(cursor.fetchall())
    cursor.execute("SELECT key, count(*) FROM task WHERE has_slot GROUP BY key")
    real = dict(cursor.fetchall())
    wrong = {key: real.get(key, 0) for key, used in counted.items() if used != real.get(key, 0)}
    for key, used in wrong.items():
        cursor.execute("UPDATE slot SET used = %s WHERE key = %s", (used, key))
    # What is held for a key with room was missed by a repaired count: let dispatch look at it again.
    cursor.execute(
        "UPDATE task SET state = 'ready' WHERE state = 'held' AND id IN ("
        "  SELECT t.id FROM slot s, LATERAL (SELECT id FROM task WHERE key = s.key AND state = 'held'"
        "    ORDER BY order_at, id LIMIT greatest(s.capacity - s.used, 0)) AS t WHERE s.used < s.capacity)"
    )
    cursor.execute(
        "DELETE FROM slot WHERE used = 0 AND NOT EXISTS (SELECT FROM task WHERE key = slot.key AND state = 'held')"
    )
    cursor.execute("COMMIT")
    return len(wrong)


def prune(cursor: Any, *, batch: int = 1000) -> int:
    """Delete one batch of what has outlived its retention; how many rows went. Repeat while it is not 0."""
    wanted = settings().engine
    before = utc_now() - timedelta(days=wanted.retention_days)
    cursor.execute(
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE id < %s AND finished_at < %s ORDER BY id LIMIT %s)"
        " RETURNING id",
        (first_id("job", before), before, batch),
    )
    jobs = [job_id for (job_id,) in cursor.fetchall()]
    cursor.execute("DELETE FROM part WHERE job_id = ANY (%s)", (jobs,))
    gone = len(jobs)
    cursor.execute(
        "DELETE FROM event WHERE (xid, id) IN (SELECT xid, id FROM event ORDER BY xid, id LIMIT %s) AND created_at < %s",
        (batch, before),
    )
    gone += cursor.rowcount
    cursor.execute(
        "DELETE FROM idempotency_key WHERE ctid IN (SELECT ctid FROM idempotency_key WHERE created_at < %s LIMIT %s)",
        (utc_now() - timedelta(hours=wanted.idempotency_hours), batch),
    )
    return gone + int(cursor.rowcount)


def add_history(cursor: Any, rows: Sequence[tuple[str, str, int, int, float]]) -> None:
    """Add (pipeline, stage, done, failed, seconds) to this hour's figures."""
    cursor.executemany(
        "INSERT INTO stage_history AS h (pipeline, stage, hour, done, failed, seconds)"
        " VALUES (%s, %s, date_trunc('hour', now()), %s, %s, %s)"
        " ON CONFLICT (pipeline, stage, hour) DO UPDATE SET done = h.done + excluded.done,"
        "   failed = h.failed + excluded.failed, seconds = h.seconds + excluded.seconds",
        sorted(rows),
    )
