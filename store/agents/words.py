"""Words of questions and sentences, cut as the index cuts them, and in how many chunks of some collections they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from store.kit import db
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
    total = db.row(
        "SELECT coalesce(sum(chunk_count), 0)::bigint FROM collection WHERE workspace_id = %s AND id = ANY (%s)",
        (workspace_id, list(collection_ids)),
    )
    found = db.rows(
        "SELECT lexeme, count(*) FROM posting WHERE lexeme = ANY (%s) AND collection_no = ANY (ARRAY("
        "  SELECT number FROM collection WHERE workspace_id = %s AND id = ANY (%s))) GROUP BY lexeme",
        (sorted(set(words)), workspace_id, list(collection_ids)),
    )
    return {word: int(count) for word, count in found}, int(total[0]) if total else 0
