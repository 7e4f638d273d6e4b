"""Documents that are indexed already, with vectors of the test's own: for tests of search that need no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from store.blobs import queries as blobs
from store.kit.db import rows, transaction
from store.kit.ids import new_id
from store.knowledge import chunks, collections, documents, drafts
from store.knowledge.drafts import Draft
from store.knowledge.languages import spaced

WIDTH = 384


def vector(**parts: float) -> str:
    """A vector with these parts (`x0=0.6`), the rest of its unit length where no other vector has any."""
    values = [0.0] * WIDTH
    for name, value in parts.items():
        values[int(name.removeprefix("x"))] = value
    values[WIDTH - 1] = max(0.0, 1 - sum(value * value for value in values)) ** 0.5
    return "[" + ",".join(f"{value:.5g}" for value in values) + "]"


def indexed(
    workspace_id: str,
    collection_id: str,
    contents: Sequence[str],
    vectors: Sequence[str],
    *,
    language: str | None = "en",
    title: str = "Guide",
) -> str:
    """The id of a document of these chunks, as the pipeline leaves it."""
    data = "\n".join(contents).encode()
    blob = blobs.write(
        workspace_id, [data, new_id("request").encode()], name="guide.txt", media_type="text/plain", max_bytes=1 << 30
    )
    job_id = new_id("job")
    with transaction():
        document_id = documents.create_file(workspace_id, collection_id, title=title, blob=blob, created_by=None)
        assert document_id is not None
        documents.begin(workspace_id, document_id, job_id=job_id)
        made = [
            Draft(content=one, heading="", token_count=len(one.split()), language=language, words=spaced(one))
            for one in contents
        ]
        drafts.replace(document_id, job_id, made)
        drafts.set_vectors(document_id, job_id, list(enumerate(vectors)), model="test")
        done = chunks.begin(workspace_id, document_id, collection_id, job_id)
        while done < len(made):
            done = chunks.add(document_id, job_id, start=done)
        count, terms = chunks.show(workspace_id, document_id, collection_id, job_id)
        documents.complete(
            workspace_id,
            document_id,
            version=1,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            language=language,
            page_count=None,
            chunk_count=count,
            token_count=sum(one.token_count for one in made),
            term_count=terms,
            title=title,
        )
        drafts.clear(document_id)
    return document_id


def collection(workspace_id: str, name: str = "Docs") -> str:
    return collections.create(workspace_id, name=name, description="").id


def count(table: str) -> int:
    return int(rows(f"SELECT count(*) FROM {table}")[0][0])
