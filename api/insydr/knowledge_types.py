"""Request and response types of a workspace's collections, documents and search."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.kit.paging import Limit
from api.kit.types import Snake
from pipelines.knowledge.pipeline import PIPELINE, Query, Score, TopK
from store.kit import cursor
from store.knowledge.chunks import Preview
from store.knowledge.collections import Collection
from store.knowledge.documents import Document, Status
from store.knowledge.tables import DocumentVersion

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Description = Annotated[str, Meta(max_length=2000)]
Title = Annotated[str, Meta(max_length=255)]
Pattern = Annotated[str, Meta(min_length=1, max_length=200)]
Patterns = Annotated[list[Pattern], Meta(max_length=50)]
SourceType = Literal["FILE", "URL"]


class CreateCollection(Snake):
    name: Name
    description: Description = ""


class ChangeCollection(Snake):
    """What is left out stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class CollectionView(Snake):
    id: str
    name: str
    description: str
    document_count: int
    created_at: datetime
    updated_at: datetime


class CollectionList(Snake):
    collections: list[CollectionView]
    total: int


class UploadDocument(Snake):
    """Beside the `file`. With `document_id` the file is that document's next version; else `collection_id` is needed."""

    collection_id: str | UnsetType = UNSET
    document_id: str | UnsetType = UNSET
    title: Title | None = None


class CrawlWebsite(Snake):
    """Patterns are globs for paths (`*` goes over slashes), or for whole addresses where they begin with a scheme."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    collection_id: str
    max_pages: Annotated[int, Meta(ge=1)] = 50
    include_patterns: Patterns = msgspec.field(default_factory=list)
    exclude_patterns: Patterns = msgspec.field(default_factory=list)


class Queued(Snake):
    """`job_id` names the job at GET /v1/jobs/{job_id}; webhooks tell of its end."""

    id: str
    title: str
    status: Status
    message: str
    job_id: str


class ListDocuments(Snake):
    """`search` is a part of the title, in any case."""

    collection_id: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    search: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    limit: Limit = 100
    cursor: Annotated[str, Meta(max_length=cursor.MAX_LENGTH)] | UnsetType = UNSET


class DocumentError(Snake):
    """Why a document failed. `stage` is where, `page` the place in the file, `retryable`: reprocessing may help."""

    code: str
    message: str
    stage: str | None
    page: int | None
    retryable: bool


class ListedDocument(Snake):
    """`progress` is in percent."""

    id: str
    title: str
    source_type: SourceType
    status: Status
    chunk_count: int
    created_at: datetime
    collection_id: str
    progress: float
    error: DocumentError | None


class DocumentList(Snake):
    """`next_cursor` is null on the last page."""

    documents: list[ListedDocument]
    total: int
    next_cursor: str | None


class VersionView(Snake):
    version: int
    created_at: datetime
    chunk_count: int
    token_count: int


class ChunkPreview(Snake):
    chunk_index: int
    content_preview: str
    token_count: int
    page: int | None
    url: str | None


class DocumentView(Snake):
    """`file_path` is where the file can be downloaded; `versions` are the contents that were indexed, newest first."""

    id: str
    title: str
    source_type: SourceType
    source_url: str | None
    file_path: str | None
    status: Status
    language: str | None
    chunk_count: int
    token_count: int
    versions: list[VersionView]
    chunks_preview: list[ChunkPreview]
    created_at: datetime
    updated_at: datetime
    collection_id: str
    version: int
    size: int | None
    page_count: int | None
    notes: list[str]
    progress: float
    message: str | None
    error: DocumentError | None
    job_id: str


class SearchDocuments(Snake):
    """`collection_ids` left out: all of the workspace's. `min_score` leaves out what scores below it."""

    query: Query
    collection_ids: Annotated[list[str], Meta(max_length=100)] | None = None
    top_k: TopK = 10
    min_score: Score = 0.0


class FoundPassage(Snake):
    """`score` is in [0, 1]; `page` counts from 1 in files that have pages, `url` is the page's own on websites."""

    document_id: str
    title: str
    chunk_id: int
    chunk_index: int
    page: int | None
    content: str
    score: float
    url: str | None
    language: str | None
    collection_id: str


class SearchResults(Snake):
    results: list[FoundPassage]


def collection_view(one: Collection) -> CollectionView:
    return CollectionView(**{name: getattr(one, name) for name in CollectionView.__struct_fields__})


def queued(document: Document, *, is_new: bool) -> Queued:
    """The answer to whoever wants a document processed."""
    message = "Document queued for processing" if is_new else _KNOWN[document.status]
    return Queued(id=document.id, title=document.title, status=document.status, message=message, job_id=document.job_id)


_KNOWN = {
    "COMPLETED": "This document is in the collection already",
    "PROCESSING": "This document is being processed already",
    "FAILED": "This document is in the collection already, and has failed",
}


def in_list(document: Document) -> ListedDocument:
    return ListedDocument(
        id=document.id,
        title=document.title,
        source_type=document.source_type,  # type: ignore[arg-type]
        status=document.status,
        chunk_count=document.chunk_count,
        created_at=document.created_at,
        collection_id=document.collection_id,
        progress=round(document.progress, 1),
        error=error_of(document),
    )


def document_view(
    document: Document, *, file_path: str | None, versions: list[DocumentVersion], previews: list[Preview]
) -> DocumentView:
    """A document with what was made of it."""
    same = {
        name: getattr(document, name)
        for name in DocumentView.__struct_fields__
        if name not in ("file_path", "versions", "chunks_preview", "error", "progress")
    }
    return DocumentView(
        **same,
        file_path=file_path,
        versions=[
            VersionView(
                version=one.version,
                created_at=one.created_at,
                chunk_count=one.chunk_count,
                token_count=one.token_count,
            )
            for one in versions
        ],
        chunks_preview=[
            ChunkPreview(**{name: getattr(one, name) for name in ChunkPreview.__struct_fields__}) for one in previews
        ],
        progress=round(document.progress, 1),
        error=error_of(document),
    )


def error_of(document: Document) -> DocumentError | None:
    """The error of its job in this contract's words."""
    error: dict[str, Any] | None = document.error
    if error is None:
        return None
    details = error.get("details") or {}
    number = error.get("stage")
    return DocumentError(
        code=str(error.get("code", "failed")).upper(),
        message=str(error.get("message", "The document could not be processed.")),
        stage=details.get("stage") or (PIPELINE.stages[number].name if isinstance(number, int) else None),
        page=details.get("page"),
        retryable=bool(error.get("retryable")),
    )
