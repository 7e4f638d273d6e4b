"""Reports: asked for, made by a job, there until they expire. Every verb takes the workspace first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.reports.tables import Report

REMEMBERED = timedelta(days=30)  # how long after its end an address still says that the report has expired


class ReportNow(Struct, frozen=True):
    """A report as it stands: `state` and `error` are its job's; ready when it has a blob."""

    id: str
    workspace_id: str
    brand_id: str
    job_id: str
    format: str
    first_day: date | None
    last_day: date | None
    blob_id: str | None
    missing_glyphs: str
    created_at: datetime
    expires_at: datetime
    state: str | None
    error: dict[str, Any] | None

    @property
    def has_expired(self) -> bool:
        """Whether its file is gone by now."""
        return self.expires_at <= utc_now()


_DERIVED = {"state": "j.state", "error": "j.error"}
_SELECT = (
    f"SELECT {', '.join(_DERIVED.get(name, f'r.{name}') for name in ReportNow.__struct_fields__)}"
    " FROM report r LEFT JOIN job j ON j.id = r.job_id"
)


def create(
    workspace_id: str,
    brand_id: str,
    *,
    job_id: str,
    format: str,  # noqa: A002  the contract's word
    first_day: date | None,
    last_day: date | None,
    expires_at: datetime,
    created_by: str | None,
) -> ReportNow:
    """The report that this job makes, made if it has none yet."""
    Report.insert(
        id=new_id("report"),
        workspace_id=workspace_id,
        brand_id=brand_id,
        job_id=job_id,
        format=format,
        first_day=first_day,
        last_day=last_day,
        created_by=created_by,
        created_at=utc_now(),
        expires_at=expires_at,
    ).on_conflict_ignore().execute()
    return of_job(workspace_id, job_id)


def get(workspace_id: str, report_id: str) -> ReportNow:
    """The report as it stands. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("report", report_id):
        found = db.row(f"{_SELECT} WHERE r.id = %s AND r.workspace_id = %s", (report_id, workspace_id))
    if found is None:
        raise NotFound("There is no such report.", field="reportId", value=report_id)
    return ReportNow(*found)


def of_job(workspace_id: str, job_id: str) -> ReportNow:
    """The report that this job makes. Raises NotFound."""
    found = db.row(f"{_SELECT} WHERE r.job_id = %s AND r.workspace_id = %s", (job_id, workspace_id))
    if found is None:
        raise NotFound("There is no such report.", field="jobId", value=job_id)
    return ReportNow(*found)


def finish(workspace_id: str, report_id: str, *, blob_id: str, missing_glyphs: str) -> None:
    """Its file is there."""
    Report.update(blob_id=blob_id, missing_glyphs=missing_glyphs).where(
        Report.workspace_id == workspace_id, Report.id == report_id
    ).execute()


def prune(*, limit: int) -> int:
    """Forget reports whose end is long past; how many."""
    return len(
        db.rows(
            "DELETE FROM report WHERE id = ANY (ARRAY(SELECT id FROM report WHERE expires_at < %s LIMIT %s)) RETURNING 1",
            (utc_now() - REMEMBERED, limit),
        )
    )
