"""Chunks: what search reads. Each verb is a short transaction's work, however large the document is.

`begin` and `add` make chunks that no search sees (unseen.py), `show` puts them in the place of what the document had, at
once: a search sees the old ones or the new ones. What it had is hidden then, and removed bit by bit.

Word statistics of a collection are counted in its row and are those of the chunks that are seen. Only `show` and `forget`
lock that row, after the document's.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from store.kit import db
from store.knowledge import unseen
from store.knowledge.languages import CONFIG_SQL

BATCH = 20  # chunks a transaction: each adds sixty postings, and 5 ms of looking for its neighbours among 20,000
PREVIEW_LETTERS = 200

# The column config_chunks with more of the same added; what comes to nothing is left out.
_ADDED_UP = (
    "(SELECT coalesce(jsonb_object_agg(config, chunks), '{{}}') FROM ("
    "   SELECT config, sum(chunks) AS chunks FROM ("
    "     SELECT key AS config, value::bigint AS chunks FROM jsonb_each_text(config_chunks) UNION ALL {more}) AS counted"
    "   GROUP BY config HAVING sum(chunks) > 0) AS kept)"
)
_FROM_DRAFTS = f"""
WITH draft AS (
    SELECT * FROM chunk_draft WHERE document_id = %(document_id)s AND job_id = %(job_id)s
       AND idx >= %(start)s AND idx < %(start)s + {BATCH}
),
made AS (
    INSERT INTO chunk (workspace_id, collection_no, document_id, idx, content, heading, title, url, page, language,
                       token_count, emb, model)
    SELECT u.workspace_id, u.collection_no, d.document_id, idx, content, heading, title, url, page, language,
           token_count, emb, model
      FROM draft d JOIN unseen u USING (document_id, job_id) ORDER BY idx
    RETURNING id, idx, collection_no
),
term AS (
    SELECT made.id, collection_no, t.lexeme, cardinality(t.positions) AS tf,
           sum(cardinality(t.positions)) OVER (PARTITION BY made.id) AS len
      FROM made JOIN draft USING (idx),
           unnest(to_tsvector({CONFIG_SQL}::regconfig, coalesce(words, heading || E'\\n' || content))) AS t
),
posted AS (
    INSERT INTO posting (collection_no, lexeme, chunk_id, tf, len)
    SELECT collection_no, lexeme, id, least(tf, 32767), least(len, 32767) FROM term ORDER BY lexeme, id
    RETURNING tf
)
UPDATE unseen SET ids = ids + (SELECT coalesce(range_agg(int8range(id, id + 1)), '{{}}') FROM made),
       chunk_count = chunk_count + (SELECT count(*) FROM made),
       term_count = term_count + (SELECT coalesce(sum(tf), 0) FROM posted),
       config_chunks = {_ADDED_UP.format(more=f"SELECT {CONFIG_SQL}, count(*) FROM draft GROUP BY 1")}
 WHERE document_id = %(document_id)s AND job_id = %(job_id)s
RETURNING chunk_count
"""
_SEEN = (
    "document_id = %(document_id)s AND NOT id <@ ("
    " SELECT coalesce(range_agg(one), '{}') FROM unseen, unnest(ids) AS one WHERE document_id = %(document_id)s)"
)


class Preview(Struct, frozen=True, kw_only=True):
    """The beginning of a chunk."""

    chunk_index: int
    content_preview: str
    token_count: int
    page: int | None
    url: str | None


class Superseded(Exception):
    """The document is gone, or another job makes its chunks now."""


def begin(workspace_id: str, document_id: str, collection_id: str, job_id: str) -> int:
    """How many of its drafts this job has made chunks of already: 0 at first. The caller has locked the document."""
    unseen.give_up(document_id, but=job_id)
    found = db.row("SELECT chunk_count FROM unseen WHERE document_id = %s AND job_id = %s", (document_id, job_id))
    if found is not None:
        return int(found[0])
    db.rows(
        "INSERT INTO unseen (workspace_id, collection_no, document_id, job_id)"
        " SELECT workspace_id, number, %s, %s FROM collection WHERE workspace_id = %s AND id = %s",
        (document_id, job_id, workspace_id, collection_id),
    )
    return 0


def add(document_id: str, job_id: str, *, start: int) -> int:
    """Make chunks of the drafts from `start` on, at most BATCH; how many there are then. Raises Superseded."""
    found = db.row(_FROM_DRAFTS, {"document_id": document_id, "job_id": job_id, "start": start})
    if found is None:
        raise Superseded
    return int(found[0])


def show(workspace_id: str, document_id: str, collection_id: str, job_id: str) -> tuple[int, int]:
    """From the commit on a search sees this job's chunks, and not what the document had; (chunks, terms).

    The caller has locked the document. Raises Superseded.
    """
    number = _lock(workspace_id, collection_id)
    _hide(workspace_id, document_id, number)
    shown = db.row(
        "DELETE FROM unseen WHERE document_id = %s AND job_id = %s RETURNING chunk_count, term_count, config_chunks",
        (document_id, job_id),
    )
    if shown is None:
        raise Superseded
    chunks, terms, configs = shown
    _count(number, chunks=chunks, terms=terms, configs=configs)
    return chunks, terms


def forget(workspace_id: str, document_id: str, collection_id: str) -> None:
    """The document is not found any more. In the transaction that deletes it, after it was locked."""
    number = _lock(workspace_id, collection_id)
    unseen.give_up(document_id)
    _hide(workspace_id, document_id, number)


def previews(workspace_id: str, document_id: str, *, limit: int) -> list[Preview]:
    """The first chunks' beginnings."""
    found = db.rows(
        f"SELECT idx, left(content, {PREVIEW_LETTERS}), token_count, page, url FROM chunk"
        f" WHERE workspace_id = %(workspace_id)s AND {_SEEN} ORDER BY id LIMIT %(limit)s",
        {"workspace_id": workspace_id, "document_id": document_id, "limit": limit},
    )
    return [Preview(**dict(zip(Preview.__struct_fields__, one, strict=True))) for one in found]


def _lock(workspace_id: str, collection_id: str) -> int:
    found: tuple[Any, ...] | None = db.row(
        "SELECT number FROM collection WHERE workspace_id = %s AND id = %s FOR NO KEY UPDATE",
        (workspace_id, collection_id),
    )
    assert found is not None, "the document's row holds its collection"
    return int(found[0])


def _hide(workspace_id: str, document_id: str, collection_no: int) -> None:
    """No search sees what the document has now; it is left to unseen.remove_some()."""
    hidden = db.row(
        f"WITH seen AS MATERIALIZED (SELECT id, {CONFIG_SQL} AS config FROM chunk WHERE {_SEEN}),"
        " gone AS (INSERT INTO unseen (workspace_id, collection_no, document_id, ids)"
        "   SELECT %(workspace_id)s, %(collection_no)s, %(document_id)s, range_agg(int8range(id, id + 1)) FROM seen"
        "   HAVING count(*) > 0)"
        " SELECT d.chunk_count, d.term_count, (SELECT coalesce(jsonb_object_agg(config, chunks), '{}')"
        "   FROM (SELECT config, count(*) AS chunks FROM seen GROUP BY config) AS counted)"
        "   FROM document d WHERE d.id = %(document_id)s",
        {"workspace_id": workspace_id, "document_id": document_id, "collection_no": collection_no},
    )
    assert hidden is not None, "the caller has locked the document"
    chunks, terms, configs = hidden
    _count(collection_no, chunks=-chunks, terms=-terms, configs={config: -count for config, count in configs.items()})


def _count(collection_no: int, *, chunks: int, terms: int, configs: dict[str, int]) -> None:
    more = "SELECT key, value::bigint FROM jsonb_each_text(%s::jsonb)"
    db.rows(
        "UPDATE collection SET chunk_count = chunk_count + %s, term_count = term_count + %s,"
        f" config_chunks = {_ADDED_UP.format(more=more)} WHERE number = %s",
        (chunks, terms, msgspec.json.encode(configs).decode(), collection_no),
    )
