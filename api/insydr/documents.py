"""/api/v1/workspaces/{workspace_id}/documents: upload, crawl, list, see, download, reprocess, delete."""

from __future__ import annotations

from msgspec import UNSET

from api.insydr.knowledge_types import (
    CrawlWebsite,
    DocumentList,
    DocumentView,
    ListDocuments,
    Queued,
    UploadDocument,
    document_view,
    in_list,
    queued,
)
from api.insydr.workspace_types import Message
from api.kit import download, paging
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.surface import INSYDR
from api.kit.threads import pool
from pipelines.knowledge import management
from store.blobs import queries as blobs
from store.blobs.queries import Blob
from store.kit import cursor
from store.kit.errors import MissingField, NotFound
from store.knowledge import chunks, collections, documents
from store.knowledge.documents import Document

LISTING = "documents"
PREVIEWS = 10
VERSIONS = 100
LOOK_AGAIN_SECONDS = 2


class Documents:
    """/api/v1/workspaces/{workspace_id}/documents."""

    @operation("Upload a document", form=UploadDocument, returns=Queued, status=202)
    def on_post(self, caller: Principal, workspace_id: str, form: UploadDocument, upload: Blob) -> Answer:
        """PDF, DOCX, TXT, CSV, Markdown or HTML. The same bytes in the same collection are the same document."""
        title = (form.title or "").strip() or None
        by = caller.user_id or caller.key_id
        if form.document_id is not UNSET:
            found = management.replace(
                workspace_id, form.document_id, upload, title=title, plan=caller.plan, surface=INSYDR.name, by=by
            )
        elif form.collection_id is UNSET:
            raise MissingField("`collection_id` is missing.", field="collection_id")
        else:
            found = management.upload(
                workspace_id, form.collection_id, upload, title=title, plan=caller.plan, surface=INSYDR.name, by=by
            )
        return _accepted(*found)

    @operation("List documents", query=ListDocuments, returns=DocumentList)
    def on_get(self, workspace_id: str, query: ListDocuments) -> DocumentList:
        """Newest first."""
        which = {
            "collection_id": None if query.collection_id is UNSET else query.collection_id,
            "status": None if query.status is UNSET else query.status,
            "title_part": None if query.search is UNSET else query.search,
        }
        if which["collection_id"] is not None:
            collections.get(workspace_id, which["collection_id"])
        before_id = paging.before(LISTING, "document", None if query.cursor is UNSET else query.cursor)
        found = documents.page(workspace_id, limit=query.limit + 1, before_id=before_id, **which)  # type: ignore[arg-type]
        kept = found[: query.limit]
        return DocumentList(
            documents=[in_list(one) for one in kept],
            total=documents.count(workspace_id, **which),  # type: ignore[arg-type]
            next_cursor=cursor.encode(LISTING, kept[-1].id) if len(found) > len(kept) else None,
        )


class DocumentsOfWebsite:
    """/api/v1/workspaces/{workspace_id}/documents/url."""

    @operation("Add a website", body=CrawlWebsite, returns=Queued, status=202, load="heavy")
    def on_post(self, caller: Principal, workspace_id: str, body: CrawlWebsite) -> Answer:
        """Its pages become one document, each chunk with the address of its page. robots.txt is respected."""
        crawl = {
            "max_pages": body.max_pages,
            "include_patterns": body.include_patterns,
            "exclude_patterns": body.exclude_patterns,
        }
        by = caller.user_id or caller.key_id
        return _accepted(
            *management.add_website(workspace_id, body.collection_id, body.url, crawl=crawl, surface=INSYDR.name, by=by)
        )


class OneDocument:
    """/api/v1/workspaces/{workspace_id}/documents/{document_id}."""

    @operation("See a document", returns=DocumentView)
    def on_get(self, workspace_id: str, document_id: str) -> DocumentView:
        document = documents.get(workspace_id, document_id)
        return document_view(
            document,
            file_path=None if document.blob_id is None else f"{_path(document)}/file",
            versions=documents.versions(workspace_id, document_id, limit=VERSIONS),
            previews=chunks.previews(workspace_id, document_id, limit=PREVIEWS),
        )

    @operation("Delete a document", returns=Message)
    def on_delete(self, workspace_id: str, document_id: str) -> Message:
        """With its chunks and its file, whatever it is doing."""
        management.remove(workspace_id, document_id)
        return Message(message="Document deleted successfully")


class ReprocessDocument:
    """/api/v1/workspaces/{workspace_id}/documents/{document_id}/reprocess."""

    @operation("Reprocess a document", returns=Queued, status=202)
    def on_post(self, caller: Principal, workspace_id: str, document_id: str) -> Answer:
        """A website is crawled again. What the document had is found until the new chunks are there."""
        by = caller.user_id or caller.key_id
        return _accepted(*management.reprocess(workspace_id, document_id, surface=INSYDR.name, by=by))


class DocumentFile:
    """/api/v1/workspaces/{workspace_id}/documents/{document_id}/file."""

    @operation("Download a document's file", returns=download.File)
    async def on_get(self, workspace_id: str, document_id: str, request: Request) -> Answer:
        """The bytes that were uploaded last. Ranges are served."""
        return download.answer(request, await pool("database").run(_blob, workspace_id, document_id))


def _blob(workspace_id: str, document_id: str) -> Blob:
    document = documents.get(workspace_id, document_id)
    if document.blob_id is None:
        raise NotFound("This document is a website; it has no file.", field="document_id")
    return blobs.get(workspace_id, document.blob_id)


def _accepted(document: Document, is_new: bool) -> Answer:
    return Answer(
        body=queued(document, is_new=is_new),
        location=_path(document),
        retry_after=LOOK_AGAIN_SECONDS if document.status == "PROCESSING" else None,
    )


def _path(document: Document) -> str:
    return f"/api/v1/workspaces/{document.workspace_id}/documents/{document.id}"
