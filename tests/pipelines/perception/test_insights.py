"""What a scan's answers make known: one insight for each thing that is wrong, with its evidence and how sure it is."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from pipelines.perception.insights import find
from pipelines.perception.records import BrandFacts, Citation, Fact
from pipelines.perception.scoring import score
from tests.pipelines.perception.cells import BRAND, FOUNDED, PRICE, cell, cites, found
from tests.pipelines.perception.test_scoring import scans


def insights(cells, facts=BRAND, previous=(), texts=None):
    return find(cells, facts, score(cells, facts, planned={}, seed="s"), previous, texts=texts)


def only(cells, kind, **more):
    (one,) = [insight for insight in insights(cells, **more) if insight.type == kind]
    return one


def test_a_wrong_fact_is_told_as_documented():
    cells = [
        cell("chatgpt", f"p{n}", contradicted=(found("was founded in 2020"),), citations=cites("acme.com"))
        for n in range(8)
    ]

    one = only(cells, "hallucination")

    assert one.description == "Incorrect founding year mentioned"
    assert one.evidence == "Response stated 2020, actual is 2024"
    assert (one.platform, one.platforms, one.fact_id) == ("chatgpt", ("chatgpt",), "founded")
    assert (one.claimed, one.actual, one.severity) == ("2020", "2024", "high")
    assert (one.prevalence.k, one.prevalence.n, one.prevalence.high) == (8, 8, 1)
    assert one.prevalence.low == pytest.approx(0.676, abs=0.001)
    assert one.prompt_ids == tuple(f"p{n}" for n in range(8))
    quote = one.quotes[0]
    assert (quote.answer_id, quote.quote, quote.end - quote.start) == (cells[0].answer_id, "was founded in 2020", 19)
    assert msgspec.to_builtins(quote)["answerId"] == cells[0].answer_id


def test_one_fact_that_is_wrong_on_several_platforms_is_one_insight():
    cells = [cell("claude", f"p{n}", contradicted=(found(),)) for n in range(2)]
    cells += [cell("gemini", f"p{n}", contradicted=(found(claimed="2019"),)) for n in range(3)]
    cells += [cell("perplexity", "p1", supported=(found(claimed="2024"),))]

    one = only(cells, "hallucination")

    assert (one.platform, one.platforms) == ("gemini", ("gemini", "claude"))
    assert (one.claimed, one.prevalence.k, one.prevalence.n) == ("2019", 5, 6)


def test_severity_is_the_weight_of_the_fact_times_what_is_sure():
    once = [
        cell(prompt_id="p0", contradicted=(found(),)),
        *(cell(prompt_id=f"p{n}", supported=(found(),)) for n in range(1, 9)),
    ]
    costly = [cell(prompt_id=f"p{n}", contradicted=(found(fact=PRICE, claimed="$49"),)) for n in range(8)]
    seldom = [cell(prompt_id=f"p{n}", **{"contradicted" if n < 4 else "supported": (found(),)}) for n in range(8)]

    assert only(once, "hallucination").severity == "low"
    assert only(seldom, "hallucination").severity == "medium"
    assert only(costly, "hallucination").severity == "critical"
    assert only(costly, "hallucination").description == "Incorrect price of Acme Pro mentioned"


def test_three_repeats_of_one_question_are_not_three_questions():
    repeated = only([cell(repeat=n, contradicted=(found(),)) for n in range(3)], "hallucination")
    asked = only([cell(prompt_id=f"p{n}", contradicted=(found(),)) for n in range(3)], "hallucination")

    assert repeated.prevalence.low < asked.prevalence.low


@pytest.mark.parametrize(
    ("now", "before", "claimed"),
    [
        (Fact(id="price", predicate="price", kind="money", value={"amount": 99, "currency": "EUR"}),
         Fact(id="price", predicate="price", kind="money", value={"amount": 1049.5, "currency": "EUR"}), "€1,049.50"),
        (Fact(id="price", predicate="ceo", kind="person", value="Ada Byron"),
         Fact(id="price", predicate="ceo", kind="person", value="Grace Hopper"), "grace hopper"),
        (Fact(id="price", predicate="free_trial", value=True),
         Fact(id="price", predicate="free_trial", value=False), "no free trial"),
        (Fact(id="price", predicate="markets", kind="choice", value=["EU"]),
         Fact(id="price", predicate="markets", kind="choice", value=["US", "APAC"]), "US"),
    ],
)  # fmt: skip
def test_what_was_true_once_is_outdated_and_what_never_was_is_not(now, before, claimed):
    facts, former = BrandFacts(name="Acme", facts=(now,)), BrandFacts(name="Acme", facts=(before,))
    cells = [cell(prompt_id=f"p{n}", contradicted=(found(fact=now, claimed=claimed),)) for n in range(3)]
    wrong = [cell(prompt_id="p9", contradicted=(found(fact=now, claimed="7"),))]

    assert [one.type for one in insights(cells, facts, [facts, former])] == ["outdated_fact"]
    assert [one.type for one in insights(cells, facts, [facts])] == ["hallucination"]
    if isinstance(now.value, bool):
        return
    both = insights([*cells, *wrong], facts, [former])
    assert {one.type: one.prevalence.k for one in both} == {"outdated_fact": 3, "hallucination": 1}
    assert both[0].description.startswith("Outdated")


def test_an_invention_is_one_insight_however_it_is_spelled():
    invented = [
        found("the Acme Quantum", fact=None, claimed=name, fabricated=True) for name in ("Acme Quantum", "acme quantum")
    ]
    cells = [cell(prompt_id=f"p{n}", unsupported=(one,)) for n, one in enumerate(invented)]

    one = only(cells, "hallucination")

    assert (one.key, one.fact_id, one.prevalence.k) == ("hallucination:claim:acme quantum", None, 2)
    assert one.evidence == "Response stated Acme Quantum, which is not among the verified facts"


def test_a_page_that_is_cited_at_the_claim_is_named():
    near = Citation(url="https://old.example/acme", domain="old.example", start=0, end=30)
    far = Citation(url="https://far.example", domain="far.example", start=5000, end=5010)
    anywhere = Citation(url="https://no.place", domain="no.place")

    one = only([cell(contradicted=(found(),), citations=(near, far, anywhere))], "hallucination")

    assert one.quotes[0].sources == ("https://old.example/acme", "https://no.place")


def test_a_brand_that_is_rarely_named_is_missing_by_kind_of_question():
    cells = [cell(prompt_id=f"p{n}", mentioned=n == 0, competitors=("Bolt",) if n < 4 else ()) for n in range(10)]
    cells += [cell(prompt_id="b", category="brand", branded=True)]

    one = only(cells, "missing_from_answers")

    assert (one.subject, one.prevalence.k, one.prevalence.n) == ("product", 9, 10)
    assert one.evidence == "Not named in 9 of 10 answers; 3 of them name competitors"
    assert one.quotes[0].quote == ""
    assert one.quotes[0].answer_id in {cells[n].answer_id for n in (1, 2, 3)}


def test_a_rival_dominates_only_when_that_is_sure():
    sure = [cell(prompt_id=f"p{n}", mentioned=n > 8, competitors=("Bolt",)) for n in range(10)]
    unsure = [cell(prompt_id=f"p{n}", mentioned=n < 2, competitors=("Bolt",) if n > 3 else ()) for n in range(7)]

    one = only(sure, "competitor_dominance")

    assert (one.subject, one.evidence) == ("Bolt", "Bolt is named in 10 of 10 answers, you in 1")
    assert "competitor_dominance" not in {found_.type for found_ in insights(unsure)}


def test_negative_answers_quote_the_sentence_that_names_the_brand():
    cells = [cell(prompt_id=f"p{n}", sentiment=-0.6 if n < 3 else 0.4) for n in range(6)]
    text = "There are many.\nSadly Acme is slow and costly. Others are not."

    one = only(cells, "negative_sentiment", texts={cell_.answer_id: text for cell_ in cells})

    quote = one.quotes[0]
    assert (one.prevalence.k, one.prevalence.n) == (3, 6)
    assert (quote.quote, text[quote.start : quote.end]) == ("Sadly Acme is slow and costly.",) * 2
    assert only(cells, "negative_sentiment").quotes[0].quote == ""


def test_sources_of_answers_that_leave_the_brand_out_are_gaps():
    lost = [
        cell(prompt_id=f"p{n}", mentioned=False, competitors=("Bolt",), citations=cites("g2.com", "bolt.io"))
        for n in range(6)
    ]
    kept = [cell(prompt_id=f"q{n}", citations=cites("g2.com")) for n in range(6)]

    found_ = {one.subject: one for one in insights([*lost, *kept]) if one.type == "source_gap"}

    assert set(found_) == {"g2.com", "acme.com"}
    assert found_["g2.com"].quotes[0].sources == ("https://g2.com/page",)
    assert found_["acme.com"].evidence == "acme.com is cited in none of 12 answers that cite pages"


def test_what_one_platform_says_is_not_diluted_by_those_that_do_not():
    """What asking that platform again is compared with."""
    wrong = [cell("gemini", f"p{n}", contradicted=(found(),)) for n in range(3)]
    right = [
        cell(platform, f"p{n}", supported=(found(claimed="2024"),))
        for platform in ("claude", "gemini")
        for n in range(9, 21)
    ]

    one = only([*wrong, *right], "hallucination")

    assert (one.platforms, one.prevalence.k, one.prevalence.n, one.prevalence.n_there) == (("gemini",), 3, 27, 15)


def test_good_answers_make_no_insight():
    cells = [
        cell(prompt_id=f"p{n}", supported=(found(claimed="2024"),), sentiment=0.5, rank=1, citations=cites("acme.com"))
        for n in range(12)
    ]

    assert insights(cells) == []
    assert insights([]) == []
    assert insights([cell(state="failed")]) == []


@settings(max_examples=40)
@given(cells=scans)
def test_insights_are_each_one_thing_in_order_of_severity_with_evidence_from_the_answers(cells):
    found_ = insights(cells, previous=[BrandFacts(name="Acme", facts=(msgspec.structs.replace(FOUNDED, value=2020),))])

    keys = [one.key for one in found_]
    assert len(set(keys)) == len(keys)
    order = ["critical", "high", "medium", "low"]
    assert [order.index(one.severity) for one in found_] == sorted(order.index(one.severity) for one in found_)
    answers = {one.answer_id: one for one in cells}
    for one in found_:
        assert 0 < one.prevalence.k <= one.prevalence.n
        assert one.prevalence.low <= one.prevalence.k / one.prevalence.n <= one.prevalence.high
        assert one.quotes
        assert one.platform in one.platforms
        assert {answers[quote.answer_id].platform for quote in one.quotes} <= set(one.platforms)
        assert one.prompt_ids
