"""Reports: asked for, made by a job, there until they expire. Every verb takes the workspace first."""

from __future__ import annotations

from datetime import date, datetime

from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import new_id
from store.made.files import FileNow, Files
from store.reports.tables import Report


class ReportNow(FileNow, frozen=True, kw_only=True):
    """A report as it stands; its first and its last day are both included."""

    brand_id: str
    first_day: date | None
    last_day: date | None
    missing_glyphs: str


_files = Files(
    "report",
    ReportNow,
    unknown=lambda sought: NotFound("There is no such report.", field="reportId", value=sought),
)
get, of_job, prune = _files.get, _files.of_job, _files.prune


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


def finish(workspace_id: str, report_id: str, *, blob_id: str, missing_glyphs: str) -> None:
    """Its file is there."""
    Report.update(blob_id=blob_id, missing_glyphs=missing_glyphs).where(
        Report.workspace_id == workspace_id, Report.id == report_id
    ).execute()
