"""Drafts: the chunks of a document that is being processed, from *parse* until *index* makes them searchable.

Embedding fills them batch by batch, so that an interrupted job goes on where it was. They belong to one job; what an
earlier job left is replaced. Every verb is for a stage, inside of its `ctx.transaction()`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from store.kit import db


class Draft(Struct, frozen=True, kw_only=True):
    """A chunk before it has a vector. `heading` is embedded and indexed before the content; so is `words`, where it
    is given, instead of both for the words."""

    content: str
    heading: str
    token_count: int
    language: str | None
    words: str | None = None
    title: str | None = None
    url: str | None = None
    page: int | None = None


_COLUMNS = ("content", "heading", "token_count", "language", "words", "title", "url", "page")


def replace(document_id: str, job_id: str, drafts: Sequence[Draft]) -> None:
    """These are the document's drafts now."""
    clear(document_id)
    columns = [[getattr(draft, name) for draft in drafts] for name in _COLUMNS]
    db.rows(
        f"INSERT INTO chunk_draft (document_id, job_id, idx, {', '.join(_COLUMNS)})"
        f" SELECT %s, %s, number - 1, {', '.join(_COLUMNS)} FROM unnest(%s::text[], %s::text[], %s::integer[],"
        f" %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[])"
        f" WITH ORDINALITY AS given ({', '.join(_COLUMNS)}, number)",
        (document_id, job_id, *columns),
    )


def open_ones(document_id: str, job_id: str, *, limit: int) -> list[tuple[int, str]]:
    """(idx, text to embed) of the next drafts without a vector."""
    return db.rows(
        "SELECT idx, CASE heading WHEN '' THEN content ELSE heading || E'\\n' || content END FROM chunk_draft"
        " WHERE document_id = %s AND job_id = %s AND emb IS NULL ORDER BY idx LIMIT %s",
        (document_id, job_id, limit),
    )


def set_vectors(document_id: str, job_id: str, vectors: Sequence[tuple[int, str]], *, model: str) -> None:
    """Keep a batch's vectors, by idx."""
    db.rows(
        "UPDATE chunk_draft SET emb = given.emb::halfvec, model = %s"
        "  FROM unnest(%s::integer[], %s::text[]) AS given (idx, emb)"
        " WHERE document_id = %s AND job_id = %s AND chunk_draft.idx = given.idx",
        (model, [idx for idx, _ in vectors], [vector for _, vector in vectors], document_id, job_id),
    )


def counts(document_id: str, job_id: str) -> tuple[int, int]:
    """(drafts, drafts with a vector)."""
    found = db.row(
        "SELECT count(*), count(emb) FROM chunk_draft WHERE document_id = %s AND job_id = %s", (document_id, job_id)
    )
    return (found[0], found[1]) if found else (0, 0)


def tokens(document_id: str) -> int:
    """Tokens of all drafts."""
    found = db.row("SELECT coalesce(sum(token_count), 0) FROM chunk_draft WHERE document_id = %s", (document_id,))
    return int(found[0]) if found else 0


def clear(document_id: str) -> None:
    """Nothing is being made of this document any more."""
    db.rows("DELETE FROM chunk_draft WHERE document_id = %s", (document_id,))
