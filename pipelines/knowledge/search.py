"""Passages for a question, from a workspace's collections. For workers on lane `ask`: it embeds the question."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pipelines.clients import embedder
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.knowledge.pipeline import SearchInput
from store.kit import log, structs
from store.knowledge import search as store
from store.knowledge.search import Passage

logger = log.get("pipelines.knowledge.search")


def run(ctx: Context) -> Outcome:
    """The search endpoint's job: `ctx.input` is a SearchInput."""
    wanted = structs.convert(ctx.input, SearchInput)
    found = search(ctx.workspace_id, wanted.collection_ids, wanted.query, wanted.top_k)
    return Outcome(output={"results": [msgspec.to_builtins(one) for one in found if one.score >= wanted.min_score]})


def search(workspace_id: str, collection_ids: Sequence[str] | None, query: str, top_k: int) -> list[Passage]:
    """The `top_k` best passages, best first; None searches all of the workspace's collections.

    `score` lies in [0, 1] and is what is shown, thresholded and logged. Collections of others, or that are gone, are
    passed over.
    """
    (vector,) = embedder.embed([query])
    found = store.nearest(
        workspace_id,
        collection_ids,
        query,
        embedder.as_text(vector),
        known_languages=embedder.LANGUAGES,
        limit=top_k,
    )
    logger.info("search.done", results=len(found), best=round(found[0].score, 4) if found else None)
    return found
