"""Where an answer ranks a brand, in a hundred layouts: lists, medals, tables, headings and prose of ten languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pipelines.perception.judge import judge

RANKED: list[dict[str, Any]] = msgspec.yaml.decode((Path(__file__).parent / "ranked.yaml").read_bytes())
BRAND = {
    "name": "Feldbrook",
    "aliases": ["Feldbrook Coffee"],
    "products": ["Feldbrook Dawn"],
    "competitors": ["Marola", "Nordbean", "Casa Tueste", "Quill & Cup"],
    "facts": [],
}


def test_a_rank_is_read_from_whatever_layout_and_from_nothing_that_does_not_rank():
    told = {row["answer"]: (judge(BRAND, row["answer"], question=row["asked"]).rank, row["rank"]) for row in RANKED}

    assert {answer: found for answer, found in told.items() if found[0] != found[1]} == {}
