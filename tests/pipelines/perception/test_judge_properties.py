"""What holds of the judge for any text and any facts: it answers, its quotes stand where it says, order does not matter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.perception.judge import judge, lexicon, read_facts
from pipelines.perception.records import BrandFacts, Fact, Rival

WORD_FILES = sorted((Path(lexicon.__file__).parent / "words").rglob("*.yaml"))
BRAND = BrandFacts(
    name="Lantern",
    aliases=("Lantern CRM",),
    products=("Lantern Desk",),
    competitors=(Rival("Pipewise"), Rival("Northrow")),
    facts=(
        Fact(id="founded", predicate="founded_year", kind="year", value=2016),
        Fact(id="hq", predicate="headquarters", kind="place", value="Leeds, UK"),
        Fact(id="founders", predicate="founders", kind="person", value=["Priya Raman", "Tom Ashby"]),
        Fact(id="price", predicate="price", kind="money", value={"amount": 49, "currency": "GBP", "period": "month"}),
        Fact(id="staff", predicate="employees", kind="quantity", value={"amount": 42, "unit": "employees"}),
        Fact(id="vegan", statement="Lantern is not open source."),
    ),
)


def _said(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (str(key), *_said(value))
    elif isinstance(node, list):
        for value in node:
            yield from _said(value)
    elif isinstance(node, str) and len(node) < 30:
        yield node.rstrip("*")


WORDS = sorted({said for file in WORD_FILES for said in _said(msgspec.yaml.decode(file.read_bytes()))})
PIECES = some.sampled_from(
    [
        "Lantern",
        "Pipewise",
        "Northrow",
        "was founded in",
        "not",
        "2016",
        "2010",
        "£49",
        "a month",
        "employs",
        "42 people",
        "Leeds",
        "is based in",
        "London",
        ".",
        ",",
        "?",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "2. ",
        "# ",
        "**",
        "",
        " ",
        " \\",
        " ",
        "](",
        "[",
        "`",
        "```",
        "<!--",
        "-->",
        "<b>",
        "said",
        "according to",
        "but",
        "if",
        "would",
        "。",
        "創業",
        "年",
        "de",
        "und",
        "nicht",
        ":",
        "(",
        ")",
        '"',
        "—",
        "€ 1.299,00",
        "one",
        "hundred",
        "million",
        "I'd",
        "Priya Raman",
        "CEO",
        "~~",
        "&amp;",
        "\u200b",
        "é",
        "ﬁ",
        "İ",
        "𝟐",
        "½",
        "\r\n",
        "\t",
        "\x00",
        "��",
    ]
)
TEXTS = some.one_of(
    some.text(max_size=300), some.lists(PIECES, max_size=60).map(" ".join), some.lists(PIECES, max_size=60).map("".join)
)
NUMBERS = some.one_of(some.integers(-10, 10**9), some.floats(allow_nan=False, allow_infinity=False, width=32))
VALUES = some.recursive(
    some.one_of(some.none(), some.booleans(), NUMBERS, some.text(max_size=30)),
    lambda inner: some.one_of(some.lists(inner, max_size=3), some.dictionaries(some.sampled_from(["amount", "currency", "unit", "period", "max"]), inner, max_size=4)),
    max_leaves=5,
)  # fmt: skip
FACTS = some.fixed_dictionaries(
    {},
    optional={
        "id": some.one_of(some.text(max_size=8), some.integers()),
        "predicate": some.sampled_from(["founded", "hq", "price", "ceo", "employees", "trial_days", "weight", "spokes", "certifications", "", "x"]),
        "value": VALUES,
        "text": some.text(max_size=60),
        "kind": some.sampled_from(["year", "money", "quantity", "place", "person", "choice", "bool", "text", "?"]),
        "subject": some.text(max_size=10),
        "unit": some.text(max_size=6),
    },
)  # fmt: skip


@settings(max_examples=100)
@given(TEXTS, some.one_of(some.none(), TEXTS))
def test_any_text_is_judged_and_every_quote_stands_where_it_says(answer, question):
    judged = judge(BRAND, answer, question=question)

    for finding in (*judged.contradicted, *judged.supported, *judged.unsupported):
        assert finding.quote
        assert answer[finding.start : finding.end] == finding.quote
    assert {finding.fact_id for finding in judged.contradicted} <= {fact.id for fact in BRAND.facts}
    assert judged.sentiment is None or -1 <= judged.sentiment <= 1
    assert (judged.sentiment is None) != judged.mentioned
    assert judged.rank is None or judged.rank >= 1


@settings(max_examples=100)
@given(some.lists(some.tuples(some.sampled_from(WORDS), some.sampled_from(["", " ", "-", ", ", " 7 "])), max_size=40))
def test_any_text_of_the_judges_own_words_is_judged(pieces):
    answer = "Lantern " + "".join(word + glue for word, glue in pieces)

    judged = judge(BRAND, answer)

    assert all(found.quote == answer[found.start : found.end] for found in judged.contradicted + judged.supported)


def test_two_short_days_inside_a_word_are_no_range_of_days():
    assert judge(BRAND, "Lantern zawiera 45% mięsa, czyli mniej niż Pipewise.").mentioned


@given(some.lists(FACTS, max_size=4), TEXTS)
def test_any_facts_are_read(facts, answer):
    judged = judge({"name": "Lantern", "competitors": ["Pipewise"], "facts": facts}, answer)

    assert all(answer[finding.start : finding.end] == finding.quote for finding in judged.contradicted)


@settings(max_examples=40)
@given(some.permutations(range(len(BRAND.facts))), some.lists(PIECES, max_size=60).map(" ".join))
def test_the_order_of_facts_does_not_matter(order, answer):
    mixed = BrandFacts(
        name=BRAND.name, aliases=BRAND.aliases, products=BRAND.products, competitors=BRAND.competitors,
        facts=tuple(BRAND.facts[place] for place in order),
    )  # fmt: skip

    def told(brand):
        judged = judge(brand, answer)
        return (
            {(finding.fact_id, finding.start, finding.end) for finding in judged.contradicted},
            judged.rank,
            judged.sentiment,
        )

    assert told(mixed) == told(BRAND)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 10_000_000,
        "](" * 5_000_000,
        "**" * 5_000_000,
        "<!--" * 2_500_000,
        "|" * 10_000_000,
        "- " * 5_000_000,
        "9" * 10_000_000,
        "1,000 " * 1_600_000,
        "Lantern " * 100_000,
        "Lantern was not founded in 2010 but " * 5_000,
        "word " * 100_000,
        "founded by Ann Lee, " * 10_000,
        ("Lantern, " * 20_000) + "best",
        "\n" * 5_000_000,
        "| Lantern | 2016 |\n" * 20_000,
        "1. Lantern\n" * 30_000,
        "# Lantern\n" * 30_000,
        '"' * 1_000_000,
        "創業2016年" * 50_000,
        "<a " * 1_000_000,
        "if would not, " * 20_000,
        "A. " * 100_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_costs_no_more_than_a_long_one(hostile):
    judge(BRAND, "warm")
    began = time.process_time()

    judge(BRAND, hostile)

    assert time.process_time() - began < 3.0


def test_facts_come_in_many_words():
    plain = {
        "brandName": "Lantern",
        "website": "https://www.lantern.example/about",
        "competitors": [{"name": "Pipewise", "aliases": ["PW"]}, "Northrow"],
        "products": [{"name": "Lantern Desk"}],
        "facts": [
            {"factId": "a", "key": "foundedYear", "value": "2016"},
            {"id": "b", "attribute": "HQ", "object": "Leeds"},
            {"id": 3, "text": "Lantern was founded by Priya Raman."},
            "Lantern Desk costs £49 a month.",
        ],
    }

    brand = read_facts(plain)
    judged = judge(plain, "Lantern, founded in 2011 by Bo Lind, sits in Dover. Lantern Desk costs £79 a month.")

    assert (brand.name, brand.domain, brand.products) == (
        "Lantern",
        "https://www.lantern.example/about",
        ("Lantern Desk",),
    )
    assert [rival.name for rival in brand.competitors] == ["Pipewise", "Northrow"]
    assert [fact.id for fact in brand.facts] == ["a", "b", "3", "fact_4"]
    assert {finding.fact_id for finding in judged.contradicted} == {"a", "b", "3", "fact_4"}


def test_a_mapping_of_predicates_is_facts_too():
    judged = judge(
        {"name": "Lantern", "founded": 2016, "hq": "Leeds"}, "Lantern was founded in 2011 and is based in Dover."
    )

    assert {finding.fact_id for finding in judged.contradicted} == {"founded", "hq"}
