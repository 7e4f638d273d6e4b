"""What only looks like a contradiction: every sentence here is true, or says nothing of the fact."""

from __future__ import annotations

import pytest

from pipelines.perception.judge import judge

BRAND = {
    "name": "Northmere",
    "facts": [
        {"id": "founded", "predicate": "founded_year", "kind": "year", "value": 1965},
        {"id": "students", "predicate": "students", "kind": "quantity", "value": {"amount": 12400, "unit": "students"}},
        {"id": "employees", "predicate": "employees", "kind": "quantity", "value": {"amount": 1900, "unit": "employees"}},
        {"id": "seat", "predicate": "headquarters", "kind": "place", "value": "Leeds, England"},
        {"id": "price", "predicate": "price", "kind": "money", "value": {"amount": 9250, "currency": "GBP", "period": "year"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        "Northmere was founded in 1965; its web shop went live in 2014.",
        "A second campus of Northmere opened in 2020.",
        "Northmere was founded in 2009, pardon, in 1965.",
        "Until 2018 Northmere had 9,000 students.",
        "Some pages say that Northmere was founded in 1950, which is mistaken.",
        "Northmere plans to have 20,000 students from 2030.",
        "A subsidiary of Northmere employs 45 people and is based in York.",
        "Northmere has some 12,000 students and just under 2,000 employees.",
        "Northmere made a six-part series about its employees.",
    ],
)
def test_a_careful_reader_finds_nothing_wrong(answer):
    assert judge(BRAND, answer).contradicted == ()


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("Northmere was founded in 1971.", "founded"),
        ("Northmere, established 1971, is in Leeds.", "founded"),
        ("Northmere has 16,000 students.", "students"),
        ("Northmere is based in York.", "seat"),
        ("Northmere costs £7,000 per year.", "price"),
    ],
)
def test_what_is_wrong_stays_wrong(answer, wrong):
    assert [finding.fact_id for finding in judge(BRAND, answer).contradicted] == [wrong]


def test_no_card_needed_is_a_denial_of_the_card():
    brand = {"name": "Velumo", "facts": [{"id": "card", "statement": "No credit card is needed to start the trial."}]}
    said = {
        "Velumo doesn't ask for a credit card to start the trial.": ["supported"],
        "With Velumo you can begin the trial without any credit card.": ["supported"],
        "With Velumo, a credit card is required to start the trial.": ["contradicted"],
    }

    found = {answer: judge(brand, answer) for answer in said}

    assert {
        answer: [name for name in ("supported", "contradicted") if getattr(one, name)] for answer, one in found.items()
    } == said


def test_a_price_that_is_not_cheap_is_still_the_price():
    brand = {"name": "Velumo", "products": ["Grat 7"], "facts": [
        {"id": "price", "predicate": "retail_price", "kind": "money", "value": {"amount": 329, "currency": "EUR"},
         "subject": "Grat 7", "statement": "The Grat 7 costs 329 EUR."},
    ]}  # fmt: skip

    judged = judge(brand, "The Velumo Grat 7 is solid. It isn't cheap at €329.")

    assert [one.fact_id for one in judged.supported] == ["price"]
    assert judged.contradicted == ()
