"""What people do with documents: upload, name a website, replace, read again, delete. Called by the endpoints.

A document's row and its job are made in one transaction, so every upload is there at once and has somebody to read it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.engine import control
from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.knowledge.pipeline import PIPELINE, DocumentInput
from pipelines.knowledge.reading.kinds import ENDINGS, kind_of
from store.blobs import queries as blobs
from store.blobs import room
from store.blobs.queries import Blob
from store.kit import addresses
from store.kit.db import transaction
from store.kit.errors import Conflict, InvalidInput, PayloadTooLarge
from store.kit.settings import settings
from store.kit.urls import BadUrl, check_website_url
from store.knowledge import chunks, collections, documents, unseen
from store.knowledge.documents import Document


def upload(
    workspace_id: str, collection_id: str, blob: Blob, *, title: str | None, plan: str, surface: str, by: str | None
) -> tuple[Document, bool]:
    """The document of this file, and whether there is something to do for it.

    Bytes that the collection has already give the first document back, and read it again if that had failed. Raises
    NotFound, InvalidInput, PayloadTooLarge, Conflict.
    """
    collections.get(workspace_id, collection_id)
    _check_file(blob)
    known = documents.find_bytes(workspace_id, collection_id, blob.sha256)
    if known is not None:
        return _again(known, blob, surface=surface, by=by)
    room.check(workspace_id, plan)
    _check_room(workspace_id)
    with transaction():
        blobs.keep(workspace_id, blob.id)
        document_id = documents.create_file(
            workspace_id, collection_id, title=title or blob.name, blob=blob, created_by=by
        )
        if document_id is not None:
            _begin(documents.get(workspace_id, document_id), surface=surface, by=by)
            return documents.get(workspace_id, document_id), True
    known = documents.find_bytes(workspace_id, collection_id, blob.sha256)
    assert known is not None, "the same bytes came in at the same moment"
    return _again(known, blob, surface=surface, by=by)


def replace(
    workspace_id: str, document_id: str, blob: Blob, *, title: str | None, plan: str, surface: str, by: str | None
) -> tuple[Document, bool]:
    """The document with this file as its next version; what it had is found until the new one is indexed.

    The same bytes again change nothing. Raises NotFound, InvalidInput, PayloadTooLarge, Conflict.
    """
    _check_file(blob)
    room.check(workspace_id, plan)
    _stop(documents.get(workspace_id, document_id))
    with transaction():
        document = documents.lock(workspace_id, document_id)
        if document.source_type != "FILE":
            raise Conflict("This document is a website; it is read again by reprocessing it.", field="document_id")
        twin = documents.find_bytes(workspace_id, document.collection_id, blob.sha256)
        if twin is not None and twin.id != document.id:
            raise Conflict("Another document of the collection has these bytes.", field="file", id=twin.id)
        if twin is None:
            blobs.keep(workspace_id, blob.id)
            job_id = _submit(document, title=title or document.title, surface=surface, by=by)
            documents.replace_file(workspace_id, document.id, job_id=job_id, blob=blob, title=title or document.title)
            blobs.let_go(workspace_id, [document.blob_id or ""])
            return documents.get(workspace_id, document.id), True
    return _again(document, blob, surface=surface, by=by)


def add_website(
    workspace_id: str, collection_id: str, url: str, *, crawl: dict[str, Any], surface: str, by: str | None
) -> tuple[Document, bool]:
    """The document of this website, and whether there is something to do for it. The same address once more reads it
    again, by the new bounds. Raises NotFound, InvalidInput, Conflict."""
    try:
        source_url = check_website_url(url, addresses.networks(settings().egress.allow))
    except BadUrl as error:
        raise InvalidInput(error.message, field="url") from error
    collections.get(workspace_id, collection_id)
    _check_room(workspace_id)
    with transaction():
        document_id = documents.create_website(
            workspace_id, collection_id, title=source_url[: documents.MAX_TITLE], source_url=source_url, crawl=crawl,
            created_by=by,
        )  # fmt: skip
        if document_id is None:
            known = documents.find_source(workspace_id, collection_id, source_url)
            assert known is not None
            return _restart(documents.lock(workspace_id, known.id), surface=surface, by=by, crawl=crawl)
        _begin(documents.get(workspace_id, document_id), surface=surface, by=by)
        return documents.get(workspace_id, document_id), True


def reprocess(workspace_id: str, document_id: str, *, surface: str, by: str | None) -> tuple[Document, bool]:
    """Read the document again; one that is being read goes on. Raises NotFound."""
    with transaction():
        return _restart(documents.lock(workspace_id, document_id), surface=surface, by=by)


def remove(workspace_id: str, document_id: str) -> None:
    """Delete the document with its chunks and its file, whatever it is doing. Raises NotFound."""
    _stop(documents.get(workspace_id, document_id))
    with transaction():
        document = documents.lock(workspace_id, document_id)
        chunks.forget(workspace_id, document.id, document.collection_id)
        documents.remove(workspace_id, document.id)
        if document.blob_id is not None:
            blobs.let_go(workspace_id, [document.blob_id])
    unseen.remove_some(document.id)  # all of most documents; what is left of a large one is upkeep's


def _stop(document: Document) -> None:
    """Cancel the job that reads it now; not inside a transaction."""
    if document.status == "PROCESSING":
        control.cancel(document.workspace_id, document.job_id)


def _again(known: Document, blob: Blob, *, surface: str, by: str | None) -> tuple[Document, bool]:
    """The document that has these bytes already; read once more if that had failed. The second copy goes."""
    blobs.delete(blob.workspace_id, blob.id)
    if known.status != "FAILED":
        return known, False
    return reprocess(known.workspace_id, known.id, surface=surface, by=by)


def _restart(document: Document, *, surface: str, by: str | None, **changes: Any) -> tuple[Document, bool]:
    if document.status == "PROCESSING":
        return document, False
    _begin(document, surface=surface, by=by, **changes)
    return documents.get(document.workspace_id, document.id), True


def _begin(document: Document, *, surface: str, by: str | None, **changes: Any) -> None:
    job_id = _submit(document, title=document.title, surface=surface, by=by)
    documents.begin(document.workspace_id, document.id, job_id=job_id, **changes)


def _submit(document: Document, *, title: str, surface: str, by: str | None) -> str:
    wanted = DocumentInput(document_id=document.id, collection_id=document.collection_id, title=title)
    return submit_in_transaction(
        Submission(
            workspace_id=document.workspace_id,
            pipeline=PIPELINE.name,
            input=msgspec.to_builtins(wanted),
            surface=surface,
            created_by=by,
        )
    ).id


def _check_file(blob: Blob) -> None:
    if kind_of(blob.name) is None:
        known = ", ".join(sorted(ending.upper() for ending in ENDINGS))
        raise InvalidInput(f"Files of this type are not read; these are: {known}.", field="file")
    limit = settings().documents.max_bytes
    if blob.size > limit:
        raise PayloadTooLarge(f"The file is larger than {limit} bytes.", field="file", limit_bytes=limit)


def _check_room(workspace_id: str) -> None:
    most = settings().documents.max_documents
    if documents.count(workspace_id) >= most:
        raise Conflict(f"A workspace has at most {most} documents.", code="too_many_documents")
