"""Leases: a worker process lives as long as its row says, and its tasks are its own as long as it lives.

One row a process is renewed, not one a task: renewing costs the same however much is running. When a
process is gone its tasks wait again at once; the crash is charged to a budget of its own, and a task that
was there too often is quarantined by the reconciler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from store.jobs.finish import pass_on
from store.kit.settings import settings

# Sized to the live workers: a lane may have this many messages per live thread without a dispatch round.
BUFFER_PER_THREAD = 4

REFRESH_BUFFERS = """
UPDATE lane SET buffer = live.buffer
  FROM (SELECT l.name, coalesce(sum(w.threads), 0) * %s AS buffer
          FROM lane l LEFT JOIN worker w ON l.name = ANY (w.lanes) AND w.lease_until > now()
         GROUP BY l.name) AS live
 WHERE live.name = lane.name AND lane.buffer <> live.buffer
"""


def register(cursor: Any, worker_id: str, *, host: str, pid: int, lanes: Sequence[str], threads: int) -> None:
    """Announce a worker process; it holds a lease from now on."""
    cursor.execute(
        "INSERT INTO worker (id, host, pid, lanes, threads, lease_until)"
        " VALUES (%s, %s, %s, %s, %s, now() + make_interval(secs => %s))",
        (worker_id, host, pid, list(lanes), threads, settings().engine.lease_seconds),
    )
    refresh_buffers(cursor)


def refresh_buffers(cursor: Any) -> None:
    """Size the lanes' buffers to the workers that live now."""
    cursor.execute(REFRESH_BUFFERS, (BUFFER_PER_THREAD,))


def renew(cursor: Any, worker_ids: Sequence[str]) -> set[str]:
    """Extend the leases; those that are answered still exist. One that does not was given up as dead."""
    cursor.execute(
        "UPDATE worker SET lease_until = now() + make_interval(secs => %s) WHERE id = ANY (%s) RETURNING id",
        (settings().engine.lease_seconds, list(worker_ids)),
    )
    return {worker_id for (worker_id,) in cursor.fetchall()}


def to_stop(cursor: Any, worker_ids: Sequence[str]) -> list[tuple[str, int, str, float]]:
    """What these workers must stop: (worker, task, 'cancelled' | 'deadline', seconds overdue)."""
    cursor.execute(
        "SELECT worker_id, id, CASE WHEN state = 'stopping' THEN 'cancelled' ELSE 'deadline' END,"
        "       greatest(extract(epoch FROM now() - deadline_at), 0)::float8"
        "  FROM task WHERE worker_id = ANY (%s) AND state IN ('running', 'stopping')"
        "   AND (state = 'stopping' OR deadline_at < now())",
        (list(worker_ids),),
    )
    return list(cursor.fetchall())


def expired_workers(cursor: Any) -> list[str]:
    """Workers whose lease has run out."""
    cursor.execute("SELECT id FROM worker WHERE lease_until < now()")
    return [worker_id for (worker_id,) in cursor.fetchall()]


def orphaned_by(cursor: Any) -> list[str]:
    """Workers that are gone but still have tasks to their name."""
    cursor.execute(
        "SELECT DISTINCT worker_id FROM task WHERE state IN ('running', 'stopping')"
        " AND NOT EXISTS (SELECT FROM worker w WHERE w.id = task.worker_id)"
    )
    return [worker_id for (worker_id,) in cursor.fetchall()]


def release(cursor: Any, worker_id: str, *, culprits: Sequence[int] | None = None) -> set[str]:
    """A worker process is gone: its tasks wait again. Returns the lanes to wake.

    The crash is charged to all of its tasks, or only to `culprits` when the process was ended because of
    them. Its attempt is refunded: crashes have a budget of their own. Cancelled tasks end here.
    """
    cursor.execute("BEGIN")
    cursor.execute("DELETE FROM worker WHERE id = %s", (worker_id,))
    cursor.execute(
        "DELETE FROM task WHERE worker_id = %s AND state = 'stopping' RETURNING key, has_slot, lane", (worker_id,)
    )
    gone = cursor.fetchall()
    cursor.execute(
        "UPDATE task SET state = 'ready', token = NULL, worker_id = NULL, deadline_at = NULL, claimed_at = NULL,"
        "       attempt = greatest(attempt - 1, 0), last_error = 'its worker process died',"
        "       crashes = crashes + CASE WHEN %s::bigint[] IS NULL OR id = ANY (%s::bigint[]) THEN 1 ELSE 0 END"
        " WHERE worker_id = %s AND state = 'running' RETURNING lane",
        (culprits, culprits, worker_id),
    )
    lanes = {lane for (lane,) in cursor.fetchall()}
    lanes |= pass_on(cursor, [key for key, has_slot, _ in gone if has_slot])
    refresh_buffers(cursor)
    cursor.execute("COMMIT")
    return lanes
