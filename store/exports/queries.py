"""Exports as they stand. Every verb takes the workspace first, but for who comes with a signed link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from store.exports.tables import Export
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Gone, NotFound
from store.kit.ids import is_id, new_id

REMEMBERED = timedelta(days=30)  # how long after its end an address still says that the export has expired


class ExportNow(Struct, frozen=True):
    """An export as it stands: `state` and `error` are its job's; ready when it has a blob."""

    id: str
    workspace_id: str
    job_id: str
    format: str
    with_texts: bool
    start_at: datetime
    end_at: datetime
    blob_id: str | None
    runs: int | None
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
    f"SELECT {', '.join(_DERIVED.get(name, f'e.{name}') for name in ExportNow.__struct_fields__)}"
    " FROM export e LEFT JOIN job j ON j.id = e.job_id"
)


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


def get(workspace_id: str, export_id: str) -> ExportNow:
    """The export as it stands. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("export", export_id):
        found = db.row(f"{_SELECT} WHERE e.id = %s AND e.workspace_id = %s", (export_id, workspace_id))
    if found is None:
        raise NotFound("There is no such export.", id=export_id[:100])
    return ExportNow(*found)


def get_by_link(export_id: str) -> ExportNow:
    """The export that a signed link names; the caller has checked the signature. Raises NotFound."""
    found = db.row(f"{_SELECT} WHERE e.id = %s", (export_id,))
    if found is None:
        raise NotFound("There is no such export.", id=export_id[:100])
    return ExportNow(*found)


def of_job(workspace_id: str, job_id: str) -> ExportNow:
    """The export that this job makes. Raises NotFound."""
    found = db.row(f"{_SELECT} WHERE e.job_id = %s AND e.workspace_id = %s", (job_id, workspace_id))
    if found is None:
        raise NotFound("There is no such export.", id=job_id)
    return ExportNow(*found)


def listed(workspace_id: str, *, limit: int, before_id: str | None) -> list[ExportNow]:
    """The workspace's exports, newest first (export_by_workspace)."""
    before = " AND e.id < %s" if before_id else ""
    values = (workspace_id, before_id, limit) if before_id else (workspace_id, limit)
    found = db.rows(f"{_SELECT} WHERE e.workspace_id = %s{before} ORDER BY e.id DESC LIMIT %s", values)
    return [ExportNow(*row) for row in found]


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


def prune(*, limit: int) -> int:
    """Forget exports that expired long ago, at most `limit` (export_age); how many. Their blobs go by themselves."""
    gone = db.rows(
        "DELETE FROM export WHERE id = ANY (ARRAY("
        "SELECT id FROM export WHERE expires_at < %s ORDER BY expires_at LIMIT %s)) RETURNING 1",
        (utc_now() - REMEMBERED, limit),
    )
    return len(gone)
