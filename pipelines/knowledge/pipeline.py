"""The documents pipeline as data: *read* -> *parse* -> *embed* -> *index*; management.py starts it.

And search: one stage on lane ask, which the search endpoint waits for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Pipeline, Stage

SEARCH_WITHIN = timedelta(seconds=30)
MAX_QUERY = 2000
MAX_TOP_K = 100
Query = Annotated[str, Meta(min_length=1, max_length=MAX_QUERY)]
TopK = Annotated[int, Meta(ge=1, le=MAX_TOP_K)]
Score = Annotated[float, Meta(ge=0, le=1)]


class DocumentInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which document; collection and title are for whoever is told of a failure."""

    document_id: str
    collection_id: str
    title: str


class SearchInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`collection_ids` null searches all of the workspace's; passages below `min_score` are left out."""

    query: Query
    collection_ids: list[str] | None = None
    top_k: TopK = 10
    min_score: Score = 0.0


PIPELINE = Pipeline(
    name="documents",
    title="Make a document searchable",
    description="Reads a file or a website, cuts it into chunks, embeds and indexes them.",
    input=DocumentInput,
    stages=(
        Stage(
            name="read",
            lane="web",
            run="pipelines.knowledge.website:read",
            attempts=3,
            deadline=timedelta(minutes=30),
            weight=10,
            message="Reading the website",
        ),
        Stage(
            name="parse",
            lane="cpu",
            run="pipelines.knowledge.stages:parse",
            attempts=3,
            deadline=timedelta(minutes=10),
            weight=10,
            message="Reading the text",
        ),
        Stage(
            name="embed",
            lane="cpu",
            run="pipelines.knowledge.stages:embed",
            attempts=5,
            deadline=timedelta(hours=2),
            weight=70,
            message="Embedding the text",
            warm="pipelines.clients.embedder:warm",
        ),
        Stage(
            name="index",
            lane="cpu",
            run="pipelines.knowledge.stages:index",
            attempts=5,
            deadline=timedelta(minutes=10),
            weight=10,
            message="Making it searchable",
        ),
    ),
)
SEARCH = Pipeline(
    name="search",
    title="Search in documents",
    input=SearchInput,
    stages=(
        Stage(
            name="search",
            lane="ask",
            run="pipelines.knowledge.search:run",
            warm="pipelines.clients.embedder:warm",
            attempts=2,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=60),
        ),
    ),
)
