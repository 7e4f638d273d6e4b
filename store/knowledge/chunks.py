"""Chunks: what search reads. A document's are replaced at once, so that a search sees the old ones or the new ones.

Word statistics of a collection are counted in its row, which is locked first: documents of one collection are indexed
one after the other.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from store.kit import db
from store.knowledge.languages import CONFIG_SQL

BATCH = 500  # chunks a statement; each of them adds some sixty postings
PREVIEW_LETTERS = 200

_FROM_DRAFTS = f"""
WITH made AS (
    INSERT INTO chunk (workspace_id, collection_no, document_id, idx, content, heading, title, url, page, language,
                       token_count, emb, model)
    SELECT %(workspace_id)s, %(collection)s, document_id, idx, content, heading, title, url, page, language,
           token_count, emb, model
      FROM chunk_draft WHERE document_id = %(document_id)s AND idx >= %(start)s AND idx < %(end)s ORDER BY idx
    RETURNING id, idx
),
term AS (
    SELECT made.id, t.lexeme, cardinality(t.positions) AS tf, sum(cardinality(t.positions)) OVER (PARTITION BY made.id) AS len
      FROM made JOIN chunk_draft d ON d.document_id = %(document_id)s AND d.idx = made.idx,
           unnest(to_tsvector({CONFIG_SQL}::regconfig, coalesce(d.words, d.heading || E'\\n' || d.content))) AS t
),
posted AS (
    INSERT INTO posting (collection_no, lexeme, chunk_id, tf, len)
    SELECT %(collection)s, lexeme, id, least(tf, 32767), least(len, 32767) FROM term ORDER BY lexeme, id
    RETURNING tf
)
SELECT (SELECT count(*) FROM made), (SELECT coalesce(sum(tf), 0) FROM posted)
"""


class Preview(Struct, frozen=True, kw_only=True):
    """The beginning of a chunk."""

    chunk_index: int
    content_preview: str
    token_count: int
    page: int | None
    url: str | None


def index_drafts(workspace_id: str, document_id: str, collection_id: str, *, drafts: int) -> tuple[int, int]:
    """Make the document's drafts its chunks, in place of what it had; (chunks, terms). In the stage's transaction."""
    number = _lock(workspace_id, collection_id)
    _forget(document_id, number)
    chunks = terms = 0
    for start in range(0, drafts, BATCH):
        found = db.database.execute_sql(
            _FROM_DRAFTS,
            {
                "workspace_id": workspace_id,
                "collection": number,
                "document_id": document_id,
                "start": start,
                "end": start + BATCH,
            },
        ).fetchone()
        chunks += int(found[0])
        terms += int(found[1])
    _count(number, chunks=chunks, terms=terms)
    _count_configs(number, document_id, sign=1)
    return chunks, terms


def forget(workspace_id: str, document_id: str, collection_id: str) -> None:
    """The document is not found any more. In the transaction that deletes it."""
    _forget(document_id, _lock(workspace_id, collection_id))


def previews(workspace_id: str, document_id: str, *, limit: int) -> list[Preview]:
    """The first chunks' beginnings."""
    found = db.rows(
        f"SELECT idx, left(content, {PREVIEW_LETTERS}), token_count, page, url FROM chunk"
        " WHERE workspace_id = %s AND document_id = %s ORDER BY idx LIMIT %s",
        (workspace_id, document_id, limit),
    )
    return [Preview(**dict(zip(Preview.__struct_fields__, one, strict=True))) for one in found]


def _lock(workspace_id: str, collection_id: str) -> int:
    found: tuple[Any, ...] | None = db.row(
        "SELECT number FROM collection WHERE workspace_id = %s AND id = %s FOR NO KEY UPDATE",
        (workspace_id, collection_id),
    )
    assert found is not None, "the document's row holds its collection"
    return int(found[0])


def _forget(document_id: str, collection_no: int) -> None:
    """Delete the document's chunks (their postings go with them) and take them out of the collection's counts."""
    gone = db.row("SELECT chunk_count, term_count FROM document WHERE id = %s FOR UPDATE", (document_id,))
    _count_configs(collection_no, document_id, sign=-1)
    db.rows("DELETE FROM chunk WHERE document_id = %s", (document_id,))
    if gone is not None:
        _count(collection_no, chunks=-gone[0], terms=-gone[1])


def _count(collection_no: int, *, chunks: int, terms: int) -> None:
    db.rows(
        "UPDATE collection SET chunk_count = chunk_count + %s, term_count = term_count + %s WHERE number = %s",
        (chunks, terms, collection_no),
    )


def _count_configs(collection_no: int, document_id: str, *, sign: int) -> None:
    """Add the document's chunks to the collection's counts by configuration, or take them out."""
    db.rows(
        "UPDATE collection SET config_chunks = (SELECT coalesce(jsonb_object_agg(config, chunks), '{}') FROM ("
        "   SELECT config, sum(chunks) AS chunks FROM ("
        "     SELECT key AS config, value::bigint AS chunks FROM jsonb_each_text(config_chunks) UNION ALL"
        f"    SELECT {CONFIG_SQL}, %s * count(*) FROM chunk WHERE document_id = %s GROUP BY 1) AS counted"
        "   GROUP BY config HAVING sum(chunks) > 0) AS kept)"
        " WHERE number = %s",
        (sign, document_id, collection_no),
    )
