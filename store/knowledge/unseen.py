"""Chunks that no search sees: those that a job is making, and those that wait to be removed.

A row of `unseen` has the ids of one document's chunks of either kind. It is written with them and by the same commit, so
whoever reads it and the chunks in one snapshot knows which ones to leave out. Most of the time there is none.
"""

from __future__ import annotations

from store.kit import db

AT_ONCE = 200  # chunks that one transaction removes, their postings with them: some 20 ms

# All of them in the collections of a WITH query `mine`, as the text of an int8multirange; NONE where there are none.
OF_MINE = (
    "(SELECT coalesce(range_agg(one), '{}')::text FROM unseen, unnest(ids) AS one"
    " WHERE collection_no = ANY (ARRAY(SELECT number FROM mine)))"
)
NONE = "{}"


def give_up(document_id: str, *, but: str | None = None) -> None:
    """What jobs were making of this document is to be removed. Waits for a batch that one of them writes now."""
    db.rows(
        "UPDATE unseen SET job_id = NULL WHERE document_id = %s AND job_id IS NOT NULL AND job_id IS DISTINCT FROM %s",
        (document_id, but),
    )


def give_up_lost(*, limit: int) -> int:
    """What jobs were making that have ended meanwhile is to be removed; how many documents that were."""
    return len(
        db.rows(
            "UPDATE unseen SET job_id = NULL WHERE number IN ("
            "  SELECT u.number FROM unseen u LEFT JOIN job j ON j.id = u.job_id"
            "   WHERE u.job_id IS NOT NULL AND (j.state IS NULL OR j.state NOT IN ('queued', 'running')) LIMIT %s)"
            " RETURNING 1",
            (limit,),
        )
    )


def remove_some(document_id: str | None = None, *, limit: int = AT_ONCE) -> int:
    """Remove a batch of what waits for it, of this document or of any; how many rows went."""
    with db.transaction():
        found = db.row(
            "SELECT number, document_id FROM unseen WHERE job_id IS NULL AND document_id = coalesce(%s, document_id)"
            " ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED",
            (document_id,),
        )
        if found is None:
            return 0
        number, owner = found
        gone = db.rows(
            "DELETE FROM chunk WHERE id = ANY (ARRAY("
            "  SELECT id FROM chunk WHERE document_id = %s AND id <@ (SELECT ids FROM unseen WHERE number = %s) LIMIT %s))"
            " RETURNING 1",
            (owner, number, limit),
        )
        if len(gone) < limit:
            db.rows("DELETE FROM unseen WHERE number = %s", (number,))
            return len(gone) + 1
        return len(gone)
