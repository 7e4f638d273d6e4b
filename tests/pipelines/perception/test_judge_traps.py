"""175 answers that look like contradictions and are none: of rivals, branches, variants, plans, hearsay, tables.

Ten languages. Beside them stand answers that are wrong indeed, so that silence alone passes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.perception.judge import judge

TRAPPED: list[dict[str, Any]] = msgspec.yaml.decode((Path(__file__).parent / "trapped.yaml").read_bytes())
SEEN_AT_LEAST = 0.8


def contradicted(brand: dict[str, Any], asked: str | None, answer: str) -> set[str | None]:
    return {finding.fact_id for finding in judge(brand, answer, question=asked).contradicted}


@pytest.mark.parametrize("given", TRAPPED, ids=lambda given: given["brand"]["name"])
def test_what_looks_wrong_and_is_not_raises_no_alarm(given):
    found = {answer: contradicted(given["brand"], asked, answer) for asked, answer in given["traps"]}

    assert {answer: facts for answer, facts in found.items() if facts} == {}


def test_what_is_wrong_is_still_seen():
    rows = [(given["brand"], *row) for given in TRAPPED for row in given["wrong"]]
    wanted = [(fact, answer) for _, _, answer, facts in rows for fact in facts]
    seen = [
        (fact, answer)
        for brand, asked, answer, facts in rows
        for fact in contradicted(brand, asked, answer) & set(facts)
    ]

    assert len(seen) >= SEEN_AT_LEAST * len(wanted), set(wanted) - set(seen)
