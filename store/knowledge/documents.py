"""Documents: rows from the upload on. Called by the endpoints (through pipelines/knowledge/management.py) and the stages.

A document that is not completed is what its job is: when that fails or is cancelled, whatever its worker died of, the
document has failed. `settle` writes this down for the time when the job is pruned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from store.blobs.queries import Blob
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.knowledge import tables
from store.knowledge.tables import DocumentVersion

Status = Literal["PROCESSING", "COMPLETED", "FAILED"]
BEHIND_ALL = "doc_~"  # sorts after every id
MAX_TITLE = 255


class Document(Struct, frozen=True):
    """A document as it stands. `error` is the job's, with the number of the `stage` it ended in."""

    id: str
    workspace_id: str
    collection_id: str
    title: str
    source_type: str
    source_url: str | None
    crawl: dict[str, Any] | None
    blob_id: str | None
    file_name: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    status: Status
    job_id: str
    error: dict[str, Any] | None
    version: int
    language: str | None
    page_count: int | None
    chunk_count: int
    token_count: int
    notes: list[str]
    created_at: datetime
    updated_at: datetime
    progress: float
    message: str | None


_CANCELLED = '{"code": "cancelled", "message": "The processing was cancelled.", "retryable": true}'
_LOST = '{"code": "lost", "message": "Nothing is known of its processing any more.", "retryable": true}'
_ERROR = (
    f"(coalesce(j.error, CASE WHEN j.id IS NULL THEN '{_LOST}'::jsonb ELSE '{_CANCELLED}'::jsonb END)"
    " || jsonb_build_object('stage', j.stage))"
)
_HAS_FAILED = (
    "(d.status = 'FAILED' OR (d.status = 'PROCESSING' AND (j.state IS NULL OR j.state IN ('failed', 'cancelled'))))"
)
_DERIVED = {
    "status": f"CASE WHEN {_HAS_FAILED} THEN 'FAILED' ELSE d.status END",
    "error": f"CASE WHEN d.status = 'PROCESSING' AND {_HAS_FAILED} THEN {_ERROR} ELSE d.error END",
    "progress": "CASE WHEN d.status = 'PROCESSING' THEN coalesce(j.progress, 0) ELSE 100 END::float8",
    "message": "CASE WHEN d.status = 'PROCESSING' THEN j.message END",
}
_COLUMNS = ", ".join(_DERIVED.get(name, f"d.{name}") for name in Document.__struct_fields__)
_FROM = "FROM document d LEFT JOIN job j ON j.id = d.job_id"
_SELECT = f"SELECT {_COLUMNS} {_FROM}"
_STATUS_IS = {
    "COMPLETED": "d.status = 'COMPLETED'",
    "FAILED": _HAS_FAILED,
    "PROCESSING": f"d.status = 'PROCESSING' AND NOT {_HAS_FAILED}",
}


def find(workspace_id: str, document_id: str) -> Document | None:
    """The document as it stands, or None."""
    if not is_id("document", document_id):
        return None
    found = db.row(f"{_SELECT} WHERE d.id = %s AND d.workspace_id = %s", (document_id, workspace_id))
    return Document(*found) if found else None


def get(workspace_id: str, document_id: str) -> Document:
    """As `find`. Raises NotFound."""
    found = find(workspace_id, document_id)
    if found is None:
        raise NotFound("There is no such document.", field="document_id", value=document_id[:100])
    return found


def hold(workspace_id: str, document_id: str) -> None:
    """Nobody else changes the document, if there is one, until the transaction ends."""
    db.rows("SELECT 1 FROM document WHERE id = %s AND workspace_id = %s FOR UPDATE", (document_id, workspace_id))


def lock(workspace_id: str, document_id: str) -> Document:
    """The document, held until the transaction ends. Raises NotFound."""
    hold(workspace_id, document_id)
    return get(workspace_id, document_id)


def find_bytes(workspace_id: str, collection_id: str, sha256: str) -> Document | None:
    """The file with these bytes in the collection, or None."""
    found = db.row(
        f"{_SELECT} WHERE d.workspace_id = %s AND d.collection_id = %s AND d.sha256 = %s AND d.source_type = 'FILE'",
        (workspace_id, collection_id, sha256),
    )
    return Document(*found) if found else None


def find_source(workspace_id: str, collection_id: str, source_url: str) -> Document | None:
    """The website that is read from this address into the collection, or None."""
    found = db.row(
        f"{_SELECT} WHERE d.workspace_id = %s AND d.collection_id = %s AND d.source_url = %s",
        (workspace_id, collection_id, source_url),
    )
    return Document(*found) if found else None


def create_file(workspace_id: str, collection_id: str, *, title: str, blob: Blob, created_by: str | None) -> str | None:
    """The id of a new document of this file, whose job is yet to be named; None when the collection has these bytes."""
    return _create(
        workspace_id,
        collection_id,
        title=title,
        source_type="FILE",
        created_by=created_by,
        **_of_blob(blob),
    )


def create_website(
    workspace_id: str, collection_id: str, *, title: str, source_url: str, crawl: dict[str, Any], created_by: str | None
) -> str | None:
    """As `create_file`, of the website that begins at `source_url`; None when the collection has it."""
    return _create(
        workspace_id,
        collection_id,
        title=title,
        source_type="URL",
        source_url=source_url,
        crawl=crawl,
        created_by=created_by,
    )


def begin(workspace_id: str, document_id: str, *, job_id: str, **changes: Any) -> None:
    """This job processes the document from now on; `changes` are other columns to set with it."""
    mine = (tables.Document.workspace_id == workspace_id) & (tables.Document.id == document_id)
    tables.Document.update(job_id=job_id, status="PROCESSING", error=None, updated_at=utc_now(), **changes).where(
        mine
    ).execute()


def replace_file(workspace_id: str, document_id: str, *, job_id: str, blob: Blob, title: str) -> None:
    """The document's next version is this file."""
    version = tables.Document.version + 1
    begin(workspace_id, document_id, job_id=job_id, version=version, title=title, **_of_blob(blob))


def complete(
    workspace_id: str,
    document_id: str,
    *,
    version: int,
    sha256: str,
    size: int,
    language: str | None,
    page_count: int | None,
    chunk_count: int,
    token_count: int,
    term_count: int,
    title: str,
    notes: Sequence[str] = (),
) -> None:
    """What was found in the content that is searched now. With it in one transaction."""
    now = utc_now()
    mine = (tables.Document.workspace_id == workspace_id) & (tables.Document.id == document_id)
    tables.Document.update(
        status="COMPLETED",
        error=None,
        version=version,
        sha256=sha256,
        size=size,
        title=title,
        language=language,
        page_count=page_count,
        chunk_count=chunk_count,
        token_count=token_count,
        term_count=term_count,
        notes=list(notes),
        updated_at=now,
    ).where(mine).execute()
    DocumentVersion.insert(
        document_id=document_id,
        version=version,
        sha256=sha256,
        size=size,
        chunk_count=chunk_count,
        token_count=token_count,
        created_at=now,
    ).on_conflict(
        conflict_target=[DocumentVersion.document_id, DocumentVersion.version],
        preserve=[DocumentVersion.chunk_count, DocumentVersion.token_count],
    ).execute()


def remove(workspace_id: str, document_id: str) -> None:
    """Delete the row, with its versions and drafts; its chunks are forgotten by then."""
    db.rows("DELETE FROM document WHERE id = %s AND workspace_id = %s", (document_id, workspace_id))


def versions(workspace_id: str, document_id: str, *, limit: int) -> list[DocumentVersion]:
    """The contents that were indexed, the last one first."""
    mine = tables.Document.select().where(
        tables.Document.id == document_id, tables.Document.workspace_id == workspace_id
    )
    return list(
        DocumentVersion.select()
        .where(DocumentVersion.document_id.in_(mine.select(tables.Document.id)))
        .order_by(DocumentVersion.version.desc())
        .limit(limit)
    )


def page(
    workspace_id: str,
    *,
    limit: int,
    collection_id: str | None = None,
    status: Status | None = None,
    title_part: str | None = None,
    before_id: str | None = None,
) -> list[Document]:
    """Documents, newest first (indexes document_by_workspace, document_by_collection)."""
    where, values = _where(workspace_id, collection_id, status, title_part)
    found = db.rows(
        f"{_SELECT} WHERE {where} AND d.id < %s ORDER BY d.id DESC LIMIT %s",
        (*values, before_id or BEHIND_ALL, limit),
    )
    return [Document(*one) for one in found]


def count(
    workspace_id: str,
    *,
    collection_id: str | None = None,
    status: Status | None = None,
    title_part: str | None = None,
) -> int:
    """How many there are of them."""
    where, values = _where(workspace_id, collection_id, status, title_part)
    found = db.row(f"SELECT count(*) {_FROM} WHERE {where}", values)
    return int(found[0]) if found else 0


def settle(*, limit: int = 1000) -> int:
    """Write down the end of documents whose job ended without them; how many."""
    return len(
        db.rows(
            f"UPDATE document SET status = 'FAILED', error = ended.error, updated_at = now() FROM ("
            f"  SELECT d.id, d.job_id, {_ERROR} AS error {_FROM}"
            f"   WHERE d.status = 'PROCESSING' AND {_HAS_FAILED} LIMIT %s) AS ended"
            " WHERE document.id = ended.id AND document.job_id = ended.job_id AND document.status = 'PROCESSING'"
            " RETURNING 1",
            (limit,),
        )
    )


def _create(workspace_id: str, collection_id: str, **columns: Any) -> str | None:
    now = utc_now()
    made = (
        tables.Document.insert(
            id=new_id("document"),
            workspace_id=workspace_id,
            collection_id=collection_id,
            status="PROCESSING",
            job_id="",
            version=1,
            created_at=now,
            updated_at=now,
            **columns,
        )
        .on_conflict_ignore()
        .returning(tables.Document.id)
        .execute()
    )
    row = next(iter(made), None)
    return None if row is None else str(row.id)


def _of_blob(blob: Blob) -> dict[str, Any]:
    return {
        "blob_id": blob.id,
        "file_name": blob.name,
        "media_type": blob.media_type,
        "size": blob.size,
        "sha256": blob.sha256,
    }


def _where(
    workspace_id: str, collection_id: str | None, status: Status | None, title_part: str | None
) -> tuple[str, Sequence[Any]]:
    parts, values = ["d.workspace_id = %s"], [workspace_id]
    if collection_id is not None:
        parts.append("d.collection_id = %s")
        values.append(collection_id)
    if status is not None:
        parts.append(_STATUS_IS[status])
    if title_part:
        parts.append("position(lower(%s) IN lower(d.title)) > 0")
        values.append(title_part)
    return " AND ".join(parts), values
