"""The document that a stage works on, as long as it is this job's."""

from __future__ import annotations

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Permanent
from store.knowledge import documents
from store.knowledge.documents import Document


def held(ctx: Context) -> Document:
    """Raises Permanent when the document is gone, or when another job processes it now."""
    document = documents.find(ctx.workspace_id, ctx.input["document_id"])
    if document is None:
        raise Permanent("document_deleted", "The document was deleted.")
    if document.job_id != ctx.job_id:
        raise Permanent("superseded", "Another job processes this document now.")
    return document


def held_alone(ctx: Context) -> Document:
    """As `held`, and nobody else changes it until the transaction ends."""
    documents.hold(ctx.workspace_id, ctx.input["document_id"])
    return held(ctx)
