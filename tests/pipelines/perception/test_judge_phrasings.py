"""However a claim is worded: every predicate, ten languages, each with its right and a wrong value, denied, rumoured and a rival's.

phrasings.yaml holds the sentences; beside.yaml true sentences that only stand near a fact.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.perception.judge import judge

HERE = Path(__file__).parent
BRAND, RIVAL = "Velumo", "Ostrava Licht"
OPENINGS = {
    "en": "Velumo is well known.", "de": "Velumo ist bekannt.", "fr": "Velumo est bien connue.", "es": "Velumo es muy conocida.",
    "it": "Velumo è molto conosciuta.", "nl": "Velumo is bekend.", "pt": "A Velumo é bem conhecida.", "pl": "Velumo jest znaną firmą.",
    "ja": "Velumoは有名です。", "zh": "Velumo很有名。",
}  # fmt: skip
RUMOURS = {
    "en": "Some websites claim that {said}, but that is wrong.", "de": "Manche Seiten behaupten, {said}, aber das stimmt nicht.",
    "fr": "Certains sites affirment que {said}, mais c'est faux.", "es": "Algunas webs afirman que {said}, pero es falso.",
    "it": "Alcuni siti sostengono che {said}, ma è falso.", "nl": "Sommige sites beweren dat {said}, maar dat klopt niet.",
    "pt": "Alguns sites afirmam que {said}, mas é falso.", "pl": "Niektóre strony twierdzą, że {said}, ale to nieprawda.",
}  # fmt: skip
DENIALS = {
    "en": "It is not true that {said}.", "de": "Es stimmt nicht, dass {said}.", "fr": "Il n'est pas vrai que {said}.",
    "es": "No es cierto que {said}.", "it": "Non è vero che {said}.", "nl": "Het is niet waar dat {said}.",
    "pt": "Não é verdade que {said}.", "pl": "Nieprawda, że {said}.",
}  # fmt: skip


@cache
def table(name: str) -> Any:
    return msgspec.yaml.decode((HERE / f"{name}.yaml").read_bytes())


PREDICATES = sorted(table("phrasings"))
BESIDE = table("beside")


def sentences(predicate: str):
    """Each sentence with its language, with the right value and with the wrong one."""
    row = table("phrasings")[predicate]

    def value(kind: str, language: str) -> str:
        given = row[kind]
        return given if isinstance(given, str) else given.get(language) or given["any"]

    for language, listed in row["said"].items():
        for said in listed:
            pair = (
                said.split("|")
                if "|" in said
                else [said.replace("{v}", value(kind, language)) for kind in ("right", "wrong")]
            )
            yield (language, *(one.replace("{b}", BRAND) for one in pair))


def brand(predicate: str) -> dict[str, Any]:
    fact = {"id": "f", **table("phrasings")[predicate]["fact"]}
    return {"name": BRAND, "products": ["Velumo Pro"], "competitors": [RIVAL], "facts": [fact]}


def told(language: str, said: str) -> str:
    """A sentence that does not name the brand comes after one that does; a label in a list of the brand's."""
    if BRAND in said:
        return said
    return f"{OPENINGS[language]}\n\n- {said}" if ":" in said else f"{OPENINGS[language]} {said}"


@pytest.mark.parametrize("predicate", PREDICATES)
def test_a_wrong_value_contradicts_however_it_is_said_and_a_right_one_does_not(predicate):
    facts = brand(predicate)
    outcomes: Counter[str] = Counter()
    silent = []
    for language, right, wrong in sentences(predicate):
        good, bad = judge(facts, told(language, right)), judge(facts, told(language, wrong))

        assert good.contradicted == (), right
        outcomes["supported"] += bool(good.supported)
        outcomes["contradicted"] += bool(bad.contradicted)
        outcomes["all"] += 1
        silent += [] if bad.contradicted else [wrong]
    assert outcomes["contradicted"] >= 0.95 * outcomes["all"], silent
    assert outcomes["supported"] >= 0.9 * outcomes["all"]


@pytest.mark.parametrize("predicate", PREDICATES)
def test_what_is_rumoured_denied_or_said_of_a_rival_contradicts_nothing(predicate):
    facts = brand(predicate)
    for language, _, wrong in sentences(predicate):
        if BRAND not in wrong or ":" in wrong:
            continue
        inner = (wrong if wrong.startswith(BRAND) else wrong[0].lower() + wrong[1:]).rstrip(".")
        answers = [frame[language].format(said=inner) for frame in (RUMOURS, DENIALS) if language in frame]
        answers.append(f"{OPENINGS[language]} {wrong.replace('Velumo Pro', RIVAL).replace(BRAND, RIVAL)}")

        assert [answer for answer in answers if judge(facts, answer).contradicted] == []


@pytest.mark.parametrize("given", BESIDE, ids=lambda given: given["brand"]["name"])
def test_what_stands_beside_a_fact_contradicts_nothing(given):
    alarms = {
        said: [finding.fact_id for finding in judge(given["brand"], said).contradicted]
        for said in given["true"]
        if judge(given["brand"], said).contradicted
    }

    assert alarms == {}


@pytest.mark.parametrize("given", BESIDE, ids=lambda given: given["brand"]["name"])
def test_what_is_wrong_is_seen_to_be_wrong(given):
    for fact, listed in given["wrong"].items():
        for said in listed:
            assert {finding.fact_id for finding in judge(given["brand"], said).contradicted} == {fact}, said
