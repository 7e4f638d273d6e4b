"""What a deleted workspace leaves behind: rows that name it without a foreign key, which would make its end slow."""

from __future__ import annotations

from store.kit import db

# The engine's own: open work is cancelled, and what has ended goes with the retention. Files have a verb of their own.
_OTHERS = ("job", "task", "event", "idempotency_key", "blob")


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
    """Every table whose rows name a workspace, so that a new one is not forgotten; quoted. One whose rows would take
    others with them comes after those."""
    found = db.rows(
        """
        WITH RECURSIVE owned AS (
            SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
               AND a.attname = 'workspace_id' AND c.relname <> ALL (%s)
        ),
        level (oid, depth) AS (
            SELECT oid, 0 FROM owned
            UNION
            SELECT f.confrelid, level.depth + 1 FROM level JOIN pg_constraint f ON f.conrelid = level.oid
             WHERE f.contype = 'f' AND f.confrelid <> f.conrelid AND level.depth < 20
        )
        SELECT format('%%I', relname) FROM owned JOIN level USING (oid) GROUP BY relname ORDER BY max(depth), relname
        """,
        (list(_OTHERS),),
    )
    return [name for (name,) in found]


def remove_some(table: str, workspace_id: str, *, limit: int) -> int:
    """Delete so many of a workspace's rows of one of `tables()`; how many were there."""
    return len(
        db.rows(
            f"DELETE FROM {table} WHERE ctid = ANY (ARRAY("
            f"SELECT ctid FROM {table} WHERE workspace_id = %s LIMIT %s)) RETURNING 1",
            (workspace_id, limit),
        )
    )


def let_files_go(workspace_id: str, *, limit: int) -> int:
    """Nobody can read so many of its files any more, and upkeep removes them piece by piece; how many were there."""
    return len(
        db.rows(
            "UPDATE blob SET expires_at = now() WHERE id = ANY (ARRAY(SELECT id FROM blob"
            " WHERE workspace_id = %s AND (expires_at > now() OR expires_at IS NULL) LIMIT %s)) RETURNING 1",
            (workspace_id, limit),
        )
    )
