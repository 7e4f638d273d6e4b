"""Words of questions and sentences, cut as the index cuts them, and in how many chunks of some collections they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from store.kit import db
from store.knowledge import unseen
from store.knowledge.languages import spaced


def cut(texts: Sequence[tuple[str, str]]) -> list[frozenset[str]]:
    """The words of each (text search configuration, text)."""
    found = db.rows(
        "SELECT tsvector_to_array(to_tsvector(config::regconfig, text))"
        "  FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (config, text, number) ORDER BY number",
        ([config for config, _ in texts], [spaced(text) for _, text in texts]),
    )
    return [frozenset(words) for (words,) in found]


def frequencies(workspace_id: str, collection_ids: Sequence[str], words: Iterable[str]) -> tuple[dict[str, int], int]:
    """In how many chunks each word is, and how many chunks there are."""
    with db.snapshot():
        total = db.row(
            "WITH mine AS (SELECT number, chunk_count FROM collection WHERE workspace_id = %s AND id = ANY (%s))"
            f" SELECT coalesce(sum(chunk_count), 0)::bigint, coalesce(array_agg(number), '{{}}'), {unseen.OF_MINE} FROM mine",
            (workspace_id, list(collection_ids)),
        )
        assert total is not None
        chunks, numbers, hidden = total
        is_seen, values = ("", ()) if hidden == unseen.NONE else ("AND NOT chunk_id <@ %s::int8multirange", (hidden,))
        found = db.rows(
            f"SELECT lexeme, count(*) FROM posting WHERE lexeme = ANY (%s) AND collection_no = ANY (%s) {is_seen}"
            " GROUP BY lexeme",
            (sorted(set(words)), numbers, *values),
        )
    return {word: int(count) for word, count in found}, int(chunks)
