"""Files that people uploaded: a row that names a blob."""

from __future__ import annotations

from store.blobs import queries as blobs
from store.blobs import room
from store.blobs.queries import Blob
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.projects import queries
from store.projects.tables import File


def add(blob: Blob, *, project_id: str | None, media_type: str, plan: str, sandbox: bool) -> File:
    """Keep an upload. Raises NotFound for the project, UsageLimitReached when the plan has no room for it."""
    queries.check(blob.workspace_id, project_id)
    room.check(blob.workspace_id, plan)
    with transaction():
        blobs.keep(blob.workspace_id, blob.id)
        return File.create(
            id=new_id("file"),
            workspace_id=blob.workspace_id,
            project_id=project_id,
            blob_id=blob.id,
            name=blob.name,
            type=media_type,
            size=blob.size,
            sandbox=sandbox,
            created_at=utc_now(),
        )


def get(workspace_id: str, file_id: str) -> File:
    """One file. Raises NotFound."""
    found = None
    if is_id("file", file_id):
        found = File.get_or_none(File.workspace_id == workspace_id, File.id == file_id)
    if found is None:
        raise _not_found(file_id)
    return found


def get_by_link(file_id: str) -> File:
    """One file of whatever workspace: only for the bearer of a signed link to it. Raises NotFound."""
    found = File.get_or_none(File.id == file_id) if is_id("file", file_id) else None
    if found is None:
        raise _not_found(file_id)
    return found


def page(workspace_id: str, *, project_id: str | None, limit: int, offset: int) -> list[File]:
    """Files, newest first; of one project, or all."""
    mine = File.workspace_id == workspace_id
    if project_id is not None:
        mine &= File.project_id == project_id
    return list(File.select().where(mine).order_by(File.id.desc()).limit(limit).offset(offset))


def count(workspace_id: str, *, project_id: str | None) -> int:
    """How many files there are; of one project, or all."""
    mine = File.workspace_id == workspace_id
    if project_id is not None:
        mine &= File.project_id == project_id
    return int(File.select().where(mine).count())


def remove(workspace_id: str, file_id: str) -> None:
    """Delete a file. Raises NotFound."""
    with transaction():
        found = get(workspace_id, file_id)
        File.delete().where(File.workspace_id == workspace_id, File.id == file_id).execute()
        blobs.let_go(workspace_id, [found.blob_id])


def _not_found(file_id: str) -> NotFound:
    return NotFound("There is no such file.", id=file_id[:100])
