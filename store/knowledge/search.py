"""Search in collections, by meaning and by words, in one statement.

A chunk's score is `w * cosine + (1 - w) * BM25 / best BM25`, with w = 0.8 where the embedding model knows the chunk's
language and 0.6 elsewhere: it lies in [0, 1] and means the same in every query. The candidates are the CANDIDATES best
by either, however few are asked for, so that asking for more never changes the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from store.kit import db
from store.knowledge import unseen
from store.knowledge.languages import PLAIN, spaced

CANDIDATES = 100
EXACT_UP_TO = 5_000  # chunks: comparing all of them takes some 10 ms and misses none
FEW, HELD_OF_FEW, HELD_OF_MANY = 30_000, 200, 800
LEAST_SHARE = 0.05  # of all chunks: below it the index would be walked for long before it met enough of these
KNOWN_WEIGHT, OTHER_WEIGHT = 0.8, 0.6

# hnsw.ef_search: how many neighbours are held while searching. relaxed_order goes on until the filter let enough through.
# Among 100,000 chunks 800 instead of 200 finds 93 instead of 78 % of what comparing all would, for 3 to 4 ms of CPU.
_BY_INDEX = (
    "SET LOCAL hnsw.ef_search = %(held)s; SET LOCAL hnsw.iterative_scan = relaxed_order;"
    " SET LOCAL hnsw.max_scan_tuples = 40000; "
)
_NEAREST = "emb <=> %(vector)s::halfvec"
# BM25 (Robertson and Zaragoza 2009) with Lucene's idf, k1 = 1.2, b = 0.75. A word counts as often as it is asked. How
# rare it is, is measured among the chunks that were cut as it was: else "the" would be rare where few are not English.
# A word's postings are gathered into arrays, so that counting them and adding them up is one reading. OFFSET 0: rows are
# looked up by the candidates' ids; the planner, who expects one candidate, would walk all documents and ask each.
_SEARCH = f"""
WITH word AS (
    SELECT lexeme, max(cardinality(positions)) AS times, sum(chunks) AS chunks
      FROM unnest(%(configs)s::regconfig[], %(config_chunks)s::float8[]) AS cut (config, chunks),
           unnest(to_tsvector(config, %(text)s)) GROUP BY lexeme
),
posted AS MATERIALIZED (
    SELECT times * ln(1 + (greatest(chunks, df) - df + 0.5) / (df + 0.5))::float8 AS idf, ids, shares
      FROM word CROSS JOIN LATERAL (
           SELECT count(*)::float8 AS df, array_agg(chunk_id) AS ids,
                  array_agg(tf * 2.2::float8
                            / (tf + 1.2::float8 * (0.25::float8 + 0.75::float8 * len / %(mean_terms)s))) AS shares
             FROM posting WHERE collection_no = ANY (%(collections)s) AND posting.lexeme = word.lexeme
              {{and_its_chunk_is_seen}}) AS hit
),
lexical AS MATERIALIZED (
    SELECT chunk_id, sum(idf * share) AS bm25 FROM posted, unnest(ids, shares) AS hit (chunk_id, share)
     GROUP BY chunk_id ORDER BY bm25 DESC, chunk_id LIMIT {CANDIDATES}
),
semantic AS MATERIALIZED (
    SELECT id AS chunk_id FROM chunk WHERE collection_no = ANY (%(collections)s)
       {{and_it_is_seen}} ORDER BY {{order}} LIMIT {CANDIDATES}
),
candidate AS (
    SELECT chunk_id, max(bm25) AS bm25
      FROM (SELECT chunk_id, bm25 FROM lexical UNION ALL SELECT chunk_id, 0 FROM semantic) AS either GROUP BY chunk_id
),
best AS MATERIALIZED (
    SELECT c.id, c.document_id, c.idx,
           least(w.weight * greatest(1 - ({_NEAREST}), 0)
                 + (1 - w.weight) * coalesce(bm25 / nullif((SELECT max(bm25) FROM lexical), 0), 0), 1)::float8 AS score
      FROM candidate
     CROSS JOIN LATERAL (SELECT * FROM chunk WHERE id = chunk_id AND workspace_id = %(workspace_id)s OFFSET 0) AS c
     CROSS JOIN LATERAL (SELECT CASE WHEN c.language = ANY (%(known)s) THEN {KNOWN_WEIGHT} ELSE {OTHER_WEIGHT} END::float8
                         AS weight) AS w
     ORDER BY score DESC, c.document_id, c.idx LIMIT %(limit)s
)
SELECT d.id, coalesce(c.title, d.title), c.id, c.idx, c.page, c.content, best.score,
       coalesce(c.url, d.source_url), c.language, d.collection_id
  FROM best
 CROSS JOIN LATERAL (SELECT * FROM chunk WHERE id = best.id OFFSET 0) AS c
 CROSS JOIN LATERAL (SELECT * FROM document WHERE id = best.document_id OFFSET 0) AS d
 ORDER BY best.score DESC, best.document_id, best.idx
"""
_IN_ORDER = f"({_NEAREST}) + 0"  # the `+ 0` keeps the index, which is not exact, out of it


class Passage(Struct, frozen=True, kw_only=True):
    """A chunk that was found. `score` is in [0, 1]; `page` counts from 1, `url` is the page's own on a website."""

    document_id: str
    title: str
    chunk_id: int
    chunk_index: int
    page: int | None
    content: str
    score: float
    url: str | None
    language: str | None
    collection_id: str


class _Scope(Struct, frozen=True):
    """What is searched: collections by number, with what BM25 must know of them, and the chunks not to see: `hidden`."""

    collections: list[int]
    chunks: int
    terms: int
    configs: dict[str, int]
    share: float
    hidden: str


def nearest(
    workspace_id: str,
    collection_ids: Sequence[str] | None,
    text: str,
    vector: str,
    *,
    known_languages: Iterable[str],
    limit: int,
) -> list[Passage]:
    """The best chunks for a question, at most `limit`, best first; None searches all of the workspace's collections.

    `vector` is the question's embedding as `[0.1,…]`, by a model that was trained on `known_languages`. Collections
    that are not the workspace's are passed over.
    """
    with db.snapshot():  # what is hidden, and what is counted, are those of the chunks that are read
        scope = _scope(workspace_id, collection_ids)
        if scope.chunks == 0:
            return []
        values: dict[str, Any] = {
            "workspace_id": workspace_id,
            "collections": scope.collections,
            "mean_terms": max(scope.terms / scope.chunks, 1.0),
            "configs": list(scope.configs) or [PLAIN],
            "config_chunks": list(scope.configs.values()) or [scope.chunks],
            "text": spaced(text),
            "vector": vector,
            "known": list(known_languages),
            "limit": limit,
            "hidden": scope.hidden,
            "held": HELD_OF_FEW if scope.chunks <= FEW else HELD_OF_MANY,
        }
        found = db.database.execute_sql(_statement(scope), values).fetchall()
    return [Passage(**dict(zip(Passage.__struct_fields__, one, strict=True))) for one in found]


def _statement(scope: _Scope) -> str:
    """Nothing is asked of each posting where nothing is hidden, as nearly always."""
    is_exact = scope.chunks <= EXACT_UP_TO or scope.share < LEAST_SHARE
    seen = "" if scope.hidden == unseen.NONE else "AND NOT {} <@ %(hidden)s::int8multirange"
    return ("" if is_exact else _BY_INDEX) + _SEARCH.format(
        order=_IN_ORDER if is_exact else _NEAREST,
        and_it_is_seen=seen.format("id"),
        and_its_chunk_is_seen=seen.format("chunk_id"),
    )


def _scope(workspace_id: str, collection_ids: Sequence[str] | None) -> _Scope:
    wanted = None if collection_ids is None else list(collection_ids)
    found = db.row(
        "WITH mine AS (SELECT * FROM collection WHERE workspace_id = %s AND (%s::text[] IS NULL OR id = ANY (%s)))"
        " SELECT coalesce(array_agg(number), '{}'), coalesce(sum(chunk_count), 0)::bigint,"
        "        coalesce(sum(term_count), 0)::bigint,"
        "        (SELECT coalesce(jsonb_object_agg(config, chunks), '{}') FROM ("
        "           SELECT key AS config, sum(value::bigint) AS chunks FROM mine, jsonb_each_text(config_chunks)"
        "            GROUP BY key) AS counted),"
        "        (SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'chunk'::regclass),"
        f"       {unseen.OF_MINE}"
        "   FROM mine",
        (workspace_id, wanted, wanted),
    )
    assert found is not None
    numbers, chunks, terms, configs, total, hidden = found
    return _Scope(collections=numbers, chunks=chunks, terms=terms, configs=configs, share=chunks / total, hidden=hidden)
