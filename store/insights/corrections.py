"""Corrections: pending -> approved -> verifying -> verified | failed, each step by its old state.

A correction whose verifying job failed, was cancelled or is gone has failed: nobody has to write that down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee
from msgspec import Struct

from store.insights.tables import Correction
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id

BEHIND_ALL = "workflow_~"  # sorts after every id


class CorrectionNow(Struct, frozen=True):
    """A correction as it stands. `error` is why its verifying job has not come to an end of its own."""

    id: str
    workspace_id: str
    brand_id: str
    insight_id: str
    fix_type: str
    suggestion: dict[str, Any]
    job_id: str | None
    verification: dict[str, Any] | None
    created_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    status: str
    error: dict[str, Any] | None


class Published(Struct, frozen=True):
    """What an approved correction is about."""

    key: str
    type: str
    fact_id: str | None
    claimed: str | None
    subject: str | None
    approved_at: datetime


_LOST = "c.status = 'verifying' AND (j.id IS NULL OR j.state IN ('failed', 'cancelled'))"
_DERIVED = {
    "status": f"CASE WHEN {_LOST} THEN 'failed' ELSE c.status END",
    "error": f'CASE WHEN {_LOST} THEN coalesce(j.error, \'{{"code": "job_gone"}}\') END',
}
_FROM = "FROM correction c LEFT JOIN job j ON j.id = c.job_id AND c.status = 'verifying'"
_COLUMNS = ", ".join(_DERIVED.get(name, f"c.{name}") for name in CorrectionNow.__struct_fields__)


def create(
    workspace_id: str,
    brand_id: str,
    *,
    insight_id: str,
    fix_type: str,
    suggestion: dict[str, Any],
    created_by: str | None,
) -> CorrectionNow:
    """A pending correction. Raises Conflict while the insight has an open one of that kind."""
    now = utc_now()
    made = new_id("correction")
    try:
        with db.transaction():
            Correction.insert(
                id=made,
                workspace_id=workspace_id,
                brand_id=brand_id,
                insight_id=insight_id,
                fix_type=fix_type,
                suggestion=suggestion,
                created_by=created_by,
                created_at=now,
                updated_at=now,
            ).execute()
    except peewee.IntegrityError as error:
        if "correction_open" not in str(error):
            raise
        open_one = db.row(
            "SELECT id FROM correction WHERE workspace_id = %s AND insight_id = %s AND fix_type = %s"
            " AND status IN ('pending', 'approved', 'verifying')",
            (workspace_id, insight_id, fix_type),
        )
        raise Conflict(
            f"This insight has an open correction of the kind {fix_type} already.",
            field="fixType",
            workflowId=open_one[0] if open_one else None,
        ) from error
    return get(workspace_id, made)


def get(workspace_id: str, correction_id: str) -> CorrectionNow:
    """The correction as it stands. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("correction", correction_id):
        found = db.row(
            f"SELECT {_COLUMNS} {_FROM} WHERE c.id = %s AND c.workspace_id = %s", (correction_id, workspace_id)
        )
    if found is None:
        raise NotFound("There is no such correction.", field="workflowId", value=correction_id)
    return CorrectionNow(*found)


def page(
    workspace_id: str,
    brand_id: str,
    *,
    limit: int,
    before_id: str | None = None,
    status: str | None = None,
    insight_id: str | None = None,
) -> list[CorrectionNow]:
    """The brand's corrections, newest first (index correction_by_brand)."""
    found = db.rows(
        f"SELECT {_COLUMNS} {_FROM} WHERE c.workspace_id = %s AND c.brand_id = %s AND c.id < %s"
        f" AND (%s::text IS NULL OR {_DERIVED['status']} = %s) AND (%s::text IS NULL OR c.insight_id = %s)"
        " ORDER BY c.id DESC LIMIT %s",
        (workspace_id, brand_id, before_id or BEHIND_ALL, status, status, insight_id, insight_id, limit),
    )
    return [CorrectionNow(*one) for one in found]


def approve(workspace_id: str, correction_id: str, *, by: str | None) -> CorrectionNow:
    """A person wants it published; the first approval counts. Raises Conflict while it is being verified."""
    with db.transaction():
        held = _held(workspace_id, correction_id)
        if held.status == "verifying":
            raise Conflict(
                "This correction is being verified; approve it when that is over.",
                field="workflowId",
                status=held.status,
            )
        now = utc_now()
        Correction.update(
            status="approved",
            approved_at=held.approved_at or now,
            approved_by=held.approved_by if held.approved_at else by,
            updated_at=now,
        ).where(Correction.id == correction_id).execute()
    return get(workspace_id, correction_id)


def begin(workspace_id: str, correction_id: str, *, job_id: str, verification: dict[str, Any]) -> None:
    """Within the transaction that submits the job: it is being verified by it; `verification` is what is known so far."""
    Correction.update(status="verifying", job_id=job_id, verification=verification, updated_at=utc_now()).where(
        Correction.workspace_id == workspace_id, Correction.id == correction_id
    ).execute()


def hold(workspace_id: str, correction_id: str) -> CorrectionNow:
    """The correction as it stands, held until the caller's transaction ends. Raises NotFound."""
    return _held(workspace_id, correction_id)


def of_job(workspace_id: str, job_id: str) -> CorrectionNow | None:
    """The correction that waits for this job, or None."""
    found = db.row(
        f"SELECT {_COLUMNS} {_FROM} WHERE c.workspace_id = %s AND c.job_id = %s AND c.status = 'verifying'",
        (workspace_id, job_id),
    )
    return CorrectionNow(*found) if found else None


def settle(
    workspace_id: str, correction_id: str, *, job_id: str, is_verified: bool, verification: dict[str, Any]
) -> bool:
    """What the re-ask of this job found; False when the correction waits for another one meanwhile."""
    now = utc_now()
    return bool(
        Correction.update(
            status="verified" if is_verified else "failed",
            verification=verification,
            verified_at=now if is_verified else None,
            updated_at=now,
        )
        .where(
            Correction.workspace_id == workspace_id,
            Correction.id == correction_id,
            Correction.job_id == job_id,
            Correction.status == "verifying",
        )
        .execute()
    )


def count_pending(workspace_id: str, brand_id: str) -> int:
    """Corrections that wait for a person (index correction_pending)."""
    mine = (Correction.workspace_id == workspace_id) & (Correction.brand_id == brand_id)
    return int(Correction.select().where(mine, Correction.status == "pending").count())


def published(workspace_id: str, brand_id: str) -> list[Published]:
    """What approved corrections are about (index correction_approved): in the sandbox they count as published."""
    found = db.rows(
        "SELECT i.key, i.type, i.fact_id, i.claimed, i.subject, min(c.approved_at)"
        "  FROM correction c JOIN insight i ON i.id = c.insight_id"
        " WHERE c.workspace_id = %s AND c.brand_id = %s AND c.approved_at IS NOT NULL"
        " GROUP BY i.id ORDER BY i.id LIMIT 1000",
        (workspace_id, brand_id),
    )
    return [Published(*one) for one in found]


def of_insights(workspace_id: str, insight_ids: Sequence[str]) -> list[CorrectionNow]:
    """The corrections of these insights, newest first."""
    found = db.rows(
        f"SELECT {_COLUMNS} {_FROM} WHERE c.workspace_id = %s AND c.insight_id = ANY (%s) ORDER BY c.id DESC",
        (workspace_id, list(insight_ids)),
    )
    return [CorrectionNow(*one) for one in found]


def _held(workspace_id: str, correction_id: str) -> CorrectionNow:
    found = None
    if is_id("correction", correction_id):
        found = db.row(
            "SELECT 1 FROM correction WHERE id = %s AND workspace_id = %s FOR UPDATE", (correction_id, workspace_id)
        )
    if found is None:
        raise NotFound("There is no such correction.", field="workflowId", value=correction_id)
    return get(workspace_id, correction_id)
