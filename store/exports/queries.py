"""Exports as they stand. Every verb takes the workspace first, but for who comes with a signed link."""

from __future__ import annotations

from datetime import datetime

from store.exports.tables import Export
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Gone, NotFound
from store.kit.ids import new_id
from store.made.files import FileNow, Files


class ExportNow(FileNow, frozen=True, kw_only=True):
    """An export as it stands, of the runs of [start_at, end_at)."""

    with_texts: bool
    start_at: datetime
    end_at: datetime
    runs: int | None


_files = Files("export", ExportNow, unknown=lambda sought: NotFound("There is no such export.", id=sought))
get, get_by_link, of_job, listed, prune = _files.get, _files.get_by_link, _files.of_job, _files.listed, _files.prune


def create(
    workspace_id: str,
    *,
    job_id: str,
    format: str,  # noqa: A002 - the contract's word
    with_texts: bool,
    start_at: datetime,
    end_at: datetime,
    expires_at: datetime,
    created_by: str | None,
) -> ExportNow:
    """The export that this job makes, made if it has none yet."""
    Export.insert(
        id=new_id("export"),
        workspace_id=workspace_id,
        job_id=job_id,
        format=format,
        with_texts=with_texts,
        start_at=start_at,
        end_at=end_at,
        created_by=created_by,
        created_at=utc_now(),
        expires_at=expires_at,
    ).on_conflict_ignore().execute()
    return of_job(workspace_id, job_id)


def open_ones(workspace_id: str) -> int:
    """How many of the workspace's exports are being made."""
    found = db.row(
        "SELECT count(*) FROM export e JOIN job j ON j.id = e.job_id"
        " WHERE e.workspace_id = %s AND e.blob_id IS NULL AND j.state IN ('queued', 'running')",
        (workspace_id,),
    )
    return int(found[0]) if found else 0


def finish(workspace_id: str, export_id: str, *, blob_id: str, runs: int) -> None:
    """Within the caller's transaction: its file is there."""
    Export.update(blob_id=blob_id, runs=runs).where(
        Export.workspace_id == workspace_id, Export.id == export_id
    ).execute()


def blob_of(export: ExportNow) -> str:
    """The blob of a finished export. Raises NotFound before, Gone after its time."""
    if export.has_expired:
        raise Gone("This export has expired; ask for a new one.", code="export_expired", id=export.id)
    if export.blob_id is None:
        raise NotFound("This export is not ready.", code="export_not_ready", id=export.id)
    return export.blob_id
