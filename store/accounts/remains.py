"""What a deleted workspace leaves behind: rows that name it without a foreign key, which would make its end slow."""

from __future__ import annotations

from store.kit import db

BATCH = 1000
# The engine's own: open work is cancelled, and what has ended goes with the retention.
_ENGINE = ("job", "task", "event", "idempotency_key")


def stop_schedules(workspace_id: str) -> None:
    """Nothing of this workspace is submitted by the clock any more."""
    db.rows("DELETE FROM schedule WHERE workspace_id = %s", (workspace_id,))


def open_jobs(workspace_id: str, *, limit: int) -> list[str]:
    """Ids of its public jobs that have not ended (index job_by_state)."""
    found = db.rows(
        "SELECT id FROM job WHERE workspace_id = %s AND state IN ('queued', 'running') AND public LIMIT %s",
        (workspace_id, limit),
    )
    return [job_id for (job_id,) in found]


def tables() -> list[str]:
    """Every table whose rows name a workspace, so that a new one is not forgotten; quoted."""
    found = db.rows(
        """
        SELECT format('%%I', c.relname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
          AND a.attname = 'workspace_id' AND c.relname <> ALL (%s)
        ORDER BY c.relname
        """,
        (list(_ENGINE),),
    )
    return [name for (name,) in found]


def remove_some(table: str, workspace_id: str) -> int:
    """Delete a batch of a workspace's rows of one of `tables()`; how many were there."""
    return len(
        db.rows(
            f"DELETE FROM {table} WHERE ctid = ANY (ARRAY("
            f"SELECT ctid FROM {table} WHERE workspace_id = %s LIMIT {BATCH})) RETURNING 1",
            (workspace_id,),
        )
    )
