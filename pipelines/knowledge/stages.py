"""*parse*, *embed*, *index*: a document's bytes to chunks that search finds. Each may be run again at any line."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.clients import embedder, sandboxed
from pipelines.clients.sandboxed import Limits, Refused
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.knowledge import website
from pipelines.knowledge.held import held, held_alone
from store.blobs import queries as blobs
from store.jobs import events
from store.kit.settings import settings
from store.knowledge import chunks, documents, drafts, unseen
from store.knowledge.documents import Document
from store.knowledge.drafts import Draft

READER = "pipelines.knowledge.reading.child:read"
AT_ONCE = 192  # chunks that are embedded and kept together: some seconds of work, which a crash may cost
COMPLETED = "document.completed"


def parse(ctx: Context) -> Outcome:
    """Read the file, or the pages that were crawled, in a bounded child; keep its chunks as drafts. Raises Permanent."""
    document = held(ctx)
    found = _read(ctx, document)
    if "error" in found:
        error = found["error"]
        raise Permanent(error["code"], error["message"], stage="parse", page=error["page"])
    made = [Draft(**chunk) for chunk in found["chunks"]]
    is_website = document.source_url is not None
    facts = {
        "language": found["language"],
        "pages": found["pages"],
        "notes": found["notes"],
        "title": found["title"] if is_website else document.title,
        "chunks": len(made),
        "sha256": _digest(made) if is_website else document.sha256,
        "size": sum(len(draft.content.encode()) for draft in made) if is_website else document.size,
    }
    with ctx.transaction():
        drafts.replace(document.id, ctx.job_id, made)
    return Outcome(output=facts, message=f"Embedding {len(made)} chunks")


def embed(ctx: Context) -> Outcome:
    """Give every draft its vector, batch by batch; an interrupted job goes on after the last batch that was kept."""
    document = held(ctx)
    total, done = drafts.counts(document.id, ctx.job_id)
    while batch := drafts.open_ones(document.id, ctx.job_id, limit=AT_ONCE):
        ctx.check()
        vectors = embedder.embed([text for _, text in batch])
        named = [(idx, embedder.as_text(vector)) for (idx, _), vector in zip(batch, vectors, strict=True)]
        with ctx.transaction():
            drafts.set_vectors(document.id, ctx.job_id, named, model=embedder.MODEL_ID)
        done += len(batch)
        ctx.progress(done / total, f"Embedded {done} of {total} chunks")
    return Outcome()


def index(ctx: Context) -> Outcome:
    """Make the drafts the document's chunks, a few in each transaction, which no search sees until all are there.

    Then one short transaction shows them in place of the old ones, with the document's new state and the event that
    tells of it. An interrupted job goes on where it was. Events of all workspaces wait for the oldest open transaction.
    """
    document = held(ctx)
    facts = ctx.output_of("parse")
    if document.status != "COMPLETED":  # else it was done, and only this task's end was lost
        _make(ctx, document, drafts=int(facts["chunks"]))
        with ctx.transaction():
            _show(ctx, facts)
    while unseen.remove_some(document.id):
        pass  # a document is gone in less than a second; upkeep removes what is left by a death in here
    told = documents.get(ctx.workspace_id, document.id)
    return Outcome(output=_told(told), message=f"{told.chunk_count} chunks can be searched")


def _make(ctx: Context, document: Document, *, drafts: int) -> None:
    with ctx.transaction():
        held_alone(ctx)
        done = chunks.begin(ctx.workspace_id, document.id, document.collection_id, ctx.job_id)
    while done < drafts:
        ctx.check()
        with ctx.transaction():
            made = chunks.add(document.id, ctx.job_id, start=done)
        assert made > done, "every draft has a vector by now"
        done = made
        ctx.progress(done / drafts, f"Indexed {done} of {drafts} chunks")


def _show(ctx: Context, facts: dict[str, Any]) -> None:
    document = held_alone(ctx)
    count, terms = chunks.show(ctx.workspace_id, document.id, document.collection_id, ctx.job_id)
    assert count == facts["chunks"], "all were made before"
    documents.complete(
        ctx.workspace_id,
        document.id,
        version=_version(document, facts["sha256"]),
        sha256=facts["sha256"],
        size=facts["size"],
        language=facts["language"],
        page_count=facts["pages"],
        chunk_count=count,
        token_count=drafts.tokens(document.id),
        term_count=terms,
        title=facts["title"],
        notes=facts["notes"],
    )
    drafts.clear(document.id)
    events.tell(ctx.workspace_id, COMPLETED, _told(documents.get(ctx.workspace_id, document.id)), job_id=ctx.job_id)


def _read(ctx: Context, document: Document) -> dict[str, Any]:
    limits = settings().documents
    argument: dict[str, Any] = {"title": document.title}
    if document.blob_id is not None:
        argument |= {
            "name": document.file_name,
            "data": blobs.read_all(ctx.workspace_id, document.blob_id, max_bytes=limits.max_bytes),
        }
    else:
        argument |= {"title": "", "pages": _pages(ctx, document)}
    try:
        found: dict[str, Any] = sandboxed.run(
            READER,
            argument,
            limits=Limits(memory_bytes=limits.read_megabytes * 1024 * 1024, seconds=limits.read_seconds),
            check=ctx.check,
        )
    except Refused as error:
        raise Permanent(error.code, error.message, stage="parse") from error
    return found


def _pages(ctx: Context, document: Document) -> list[dict[str, str]]:
    found, letters = [], 0
    for url, html in website.pages(ctx.workspace_id, ctx.job_id, document.crawl or {}):
        letters += len(html)
        if letters > website.MAX_TEXT:
            raise Permanent("too_large", "The website's pages have more text than a document holds.", stage="read")
        found.append({"url": url, "html": html})
    return found


def _version(document: Document, sha256: str) -> int:
    """A file's version was counted when it came in; a website has a new one when its text has changed."""
    is_new = document.source_url is not None and document.sha256 not in (None, sha256)
    return document.version + 1 if is_new else document.version


def _digest(made: list[Draft]) -> str:
    digest = hashlib.sha256()
    for draft in made:
        digest.update(f"{draft.url}\n{draft.content}\n".encode())
    return digest.hexdigest()


def _told(document: Document) -> dict[str, Any]:
    """What listeners and the job's result say of a document."""
    return {
        "document_id": document.id,
        "collection_id": document.collection_id,
        "title": document.title,
        "source_type": document.source_type,
        "language": document.language,
        "version": document.version,
        "chunk_count": document.chunk_count,
        "token_count": document.token_count,
    }
