"""The dashboard of reviews: a page of them, and how they fared, of one workspace or of all.

The figures are a row per workspace, kept in the transaction that changes a review, so that nothing is counted when
they are asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from store.kit import db

Status = Literal["pending", "approved", "partially_approved", "rejected"]


class Standing(Struct, frozen=True):
    """Where a review stands: `pending` while a field of it is undecided.

    `seconds` is what people took to resolve it; None while they have not, or when nobody was needed.
    """

    state: Literal["pending", "approved", "rejected"]
    seconds: float | None = None


class Figures(Struct, frozen=True):
    """How many reviews stand where. `resolution_seconds`: the mean of those that people resolved, None without any."""

    pending: int
    approved: int
    rejected: int
    resolution_seconds: float | None


class Row(Struct, frozen=True):
    """One review with the number of its fields, and of those that its pipeline was not sure of."""

    id: str
    workspace_id: str
    job_id: str
    brand_label: str
    data_type: str
    status: Status
    created_at: datetime
    updated_at: datetime
    fields: int
    low_confidence_fields: int
    undecided_fields: int


def standing(review: Any) -> Standing:
    """Of a review's row."""
    if review.resolved_at is None:
        return Standing("pending")
    seconds = (review.resolved_at - review.created_at).total_seconds() if review.reviewer else None
    return Standing("rejected" if review.status == "rejected" else "approved", seconds)


def count(workspace_id: str, before: Standing | None, after: Standing) -> None:
    """Within the caller's transaction: a review that stood there (None: it is new) stands here now."""
    if before == after:
        return
    change = {"pending": 0, "approved": 0, "rejected": 0, "resolved": 0, "resolution_seconds": 0.0}
    for one, step in ((before, -1), (after, 1)):
        if one is not None:
            change[one.state] += step
            if one.seconds is not None:
                change["resolved"] += step
                change["resolution_seconds"] += step * one.seconds
    names = list(change)
    db.rows(
        f"INSERT INTO review_tally AS t (workspace_id, {', '.join(names)}) VALUES (%s, %s, %s, %s, %s, %s)"
        f" ON CONFLICT (workspace_id) DO UPDATE SET {', '.join(f'{name} = t.{name} + excluded.{name}' for name in names)}",
        (workspace_id, *change.values()),
    )


def figures(workspace_id: str | None) -> Figures:
    """Of one workspace, or of all (None)."""
    found = db.row(
        "SELECT coalesce(sum(pending), 0), coalesce(sum(approved), 0), coalesce(sum(rejected), 0),"
        "       sum(resolution_seconds) / nullif(sum(resolved), 0)"
        "  FROM review_tally WHERE %s::text IS NULL OR workspace_id = %s",
        (workspace_id, workspace_id),
    )
    assert found
    pending, approved, rejected, seconds = found
    return Figures(int(pending), int(approved), int(rejected), None if seconds is None else float(seconds))


def page(
    workspace_id: str | None, *, status: Status | None, before_id: str | None, sure_from: float, limit: int
) -> list[Row]:
    """Newest first, of one workspace or of all (None). `sure_from`: the confidence below which a field is doubtful."""
    wanted: list[tuple[str, Any]] = []
    if workspace_id is not None:
        wanted.append(("workspace_id = %s", workspace_id))
    if status is not None:
        wanted.append(("status = %s", status))
    if before_id is not None:
        wanted.append(("id < %s", before_id))
    conditions = " AND ".join(condition for condition, _ in wanted) or "true"
    found = db.rows(
        f"""
        WITH shown AS MATERIALIZED (SELECT * FROM review WHERE {conditions} ORDER BY id DESC LIMIT %s)
        SELECT r.id, r.workspace_id, r.job_id, b.label, r.data_type, r.status, r.created_at, r.updated_at,
               f.fields, f.doubtful, f.undecided
          FROM shown r
          JOIN brand b ON b.id = r.brand_id,
          LATERAL (SELECT count(*) AS fields, count(*) FILTER (WHERE confidence < %s) AS doubtful,
                          count(*) FILTER (WHERE status = 'pending') AS undecided
                     FROM field_review WHERE review_id = r.id) AS f
         ORDER BY r.id DESC
        """,
        (*(value for _, value in wanted), limit, sure_from),
    )
    return [Row(*one) for one in found]
