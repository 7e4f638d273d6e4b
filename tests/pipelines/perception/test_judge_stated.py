"""Facts that are a sentence alone, however an answer puts them: "dogs travel free" and "Dog: £12 each way", ten languages.

stated.yaml holds, for each fact, answers that say the same in other words and answers that exclude it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
import pytest

from pipelines.perception.judge import judge
from tests.pipelines.perception.test_judge_phrasings import BRAND, DENIALS, HERE, OPENINGS, RIVAL, RUMOURS

FACTS = msgspec.yaml.decode((HERE / "stated.yaml").read_bytes())
BESIDE = msgspec.yaml.decode((HERE / "stated_beside.yaml").read_bytes())
# A sentence that denies is not denied once more: who says so is seldom sure himself what comes out.
DENYING = re.compile(
    r"n't|\b(?:not?|ne|n'\w+|kein\w*|nicht|nur|non|geen|niet|não|nem|nie|sin|sans|senza|ohne|zonder|sem|bez)\b"
)


@cache
def brand(fact: str) -> dict[str, Any]:
    products = ["Velumo Pro", "Velumo T130"] if "T130" in fact else ["Velumo Pro"]
    return {"name": BRAND, "products": products, "competitors": [RIVAL], "facts": [{"id": "f", "statement": fact}]}


def told(language: str, said: str) -> str:
    return f"{OPENINGS[language]}\n\n{said}" if said.startswith(("|", "- ")) else f"{OPENINGS[language]} {said}"


def alarms(row: dict[str, Any], answers: list[str]) -> list[str]:
    return [answer for answer in answers if judge(brand(row["fact"]), answer).contradicted]


@pytest.mark.parametrize("name", FACTS)
def test_what_excludes_a_fact_is_seen_and_what_says_the_same_is_not_taken_for_it(name):
    row = FACTS[name]
    right = [told(language, said) for language, listed in row["right"].items() for said in listed]
    wrong = [told(language, said) for language, listed in row["wrong"].items() for said in listed]

    assert alarms(row, right) == []
    silent = set(wrong) - set(alarms(row, wrong))
    assert len(silent) <= len(wrong) // 8, silent


@pytest.mark.parametrize("name", FACTS)
def test_what_is_rumoured_denied_or_a_rivals_excludes_nothing(name):
    row = FACTS[name]
    answers = []
    for language, listed in row["wrong"].items():
        for said in listed:
            if BRAND not in said or ":" in said or "|" in said:
                continue
            inner = (said if said.startswith(BRAND) else said[0].lower() + said[1:]).rstrip(".")
            frames = (RUMOURS,) if DENYING.search(said) else (RUMOURS, DENIALS)
            answers += [frame[language].format(said=inner) for frame in frames if language in frame]
            answers.append(told(language, said.replace("Velumo T130", RIVAL).replace(BRAND, RIVAL)))

    assert alarms(row, answers) == []


@pytest.mark.parametrize("fact", BESIDE)
def test_what_stands_beside_a_sentence_excludes_nothing(fact):
    assert [said for said in BESIDE[fact] if judge(brand(fact), told("en", said)).contradicted] == []
