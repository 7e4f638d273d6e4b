"""Scoring by hand-worked examples: what each metric counts, when it is null, and where its interval ends."""

from __future__ import annotations

import random
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.perception.records import BrandFacts
from pipelines.perception.scores import METRICS, ScanScore, documented, shown
from pipelines.perception.scoring import SCORE_VERSION, score
from pipelines.perception.scoring.observations import longest_list
from pipelines.perception.scoring.sampling import DRAWS, draws_of, wilson
from tests.pipelines.perception.cells import BRAND, FOUNDED, PRICE, cell, cites, found, presence

WORKED = ("111 110 011", "101 111 100", "011 010 011", "100 010 110")


def scored(cells, facts=BRAND, planned=None, seed="scan_1"):
    return score(cells, facts, planned=planned or {}, seed=seed)


def test_the_worked_example_of_four_prompts():
    result = scored(presence(*WORKED))

    assert shown("shareOfVoice", result.metrics["shareOfVoice"].value) == 31.8
    assert shown("mentionRate", result.metrics["mentionRate"].value) == 58.3
    assert (result.metrics["shareOfVoice"].n, result.metrics["mentionRate"].n) == (22, 12)
    assert tuple(round(100 * end, 1) for end in wilson(7, 12)) == (32.0, 80.7)
    # Four prompts are too few to resample: Wilson's interval with repeats counted for what they are worth.
    assert result.metrics["shareOfVoice"].method == "wilson"
    assert result.metrics["mentionRate"].low < 32.0
    assert result.metrics["mentionRate"].high > 80.7


def test_nine_supported_claims_and_a_wrong_one_are_90_faithful():
    cells = [cell(prompt_id=f"p{n}", supported=(found(),)) for n in range(9)] + [
        cell(prompt_id="p9", contradicted=(found(),))
    ]

    assert scored(cells).metrics["faithfulness"].value == pytest.approx(90.0)


def test_a_heavier_fact_weighs_more():
    cells = [cell(prompt_id="p1", supported=(found(),)), cell(prompt_id="p2", contradicted=(found(fact=PRICE),))]

    assert scored(cells).metrics["faithfulness"].value == pytest.approx(100 / 3)


def test_a_fact_that_is_repeated_in_an_answer_counts_once():
    cells = [cell(supported=(found(),) * 5), cell(contradicted=(found(),))]

    assert scored(cells).metrics["faithfulness"].value == pytest.approx(50.0)


def test_a_finding_about_a_fact_that_is_no_longer_known_does_not_count_as_faithfulness():
    cells = [cell(contradicted=(found(),))]

    assert scored(cells, BrandFacts(name="Acme")).metrics["faithfulness"].value is None


def test_two_wrong_answers_of_25_are_92():
    cells = [cell(prompt_id=f"p{n % 5}", repeat=n // 5, contradicted=(found(),) * (n < 2)) for n in range(25)]
    cells += [cell(prompt_id="p1", mentioned=False) for _ in range(10)]

    metric = scored(cells).metrics["hallucination"]

    assert (metric.value, metric.n) == (pytest.approx(92.0), 25)


def test_an_invention_is_a_hallucination_and_a_claim_that_cannot_be_checked_is_none():
    unknown, invented = found(fact=None), found(fact=None, fabricated=True)

    assert scored([cell(unsupported=(unknown,))]).metrics["hallucination"].value == 100
    assert scored([cell(unsupported=(invented,))]).metrics["hallucination"].value == 0


def test_sentiment_is_the_mean_over_prompts_and_not_over_answers():
    cells = [cell(prompt_id="p1", repeat=n, sentiment=1.0) for n in range(9)] + [cell(prompt_id="p2", sentiment=0.0)]

    assert scored(cells).metrics["sentiment"].value == pytest.approx(0.5)


def test_share_of_voice_looks_at_questions_that_do_not_name_the_brand():
    cells = [*presence("111"), cell(prompt_id="p9", branded=True), cell(prompt_id="p9", branded=True, repeat=1)]

    assert scored(cells).metrics["shareOfVoice"].value == pytest.approx(100 / 3)
    assert scored(cells).metrics["visibility"].n == 1
    assert scored(cells).metrics["mentionRate"].n == 3


def test_only_rivals_named_is_zero_and_nobody_named_is_no_data():
    assert scored(presence("011 010")).metrics["shareOfVoice"].value == 0
    nobody = scored(presence("000 000")).metrics["shareOfVoice"]
    assert (nobody.value, nobody.reason) == (None, "not_mentioned")


def test_position_facts_and_citations():
    cells = [
        cell(rank=1, list_length=5, supported=(found(),), citations=cites("www.acme.com", "g2.com", "blog.acme.com")),
        cell(prompt_id="p2", rank=4, list_length=5, citations=cites("bolt.io")),
    ]

    result = scored(cells)

    assert result.metrics["avgPosition"].value == pytest.approx(2.5)
    assert 1 <= result.metrics["avgPosition"].low <= 2.5 <= result.metrics["avgPosition"].high <= 5
    assert result.metrics["factCoverage"].value == pytest.approx(50.0)
    assert result.metrics["citationShare"].value == pytest.approx(50.0)
    assert {(one.domain, one.kind) for one in result.sources} == {
        ("acme.com", "own"), ("blog.acme.com", "own"), ("g2.com", "review"), ("bolt.io", "rival"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "facts", "metric", "reason"),
    [
        ([], BRAND, "faithfulness", "no_valid_answer"),
        ([cell(state="failed")], BRAND, "mentionRate", "no_valid_answer"),
        ([cell(branded=True)], BRAND, "shareOfVoice", "no_unbranded_answer"),
        ([cell()], BrandFacts(name="Acme"), "shareOfVoice", "no_rivals"),
        ([cell(mentioned=False)], BRAND, "sentiment", "not_mentioned"),
        ([cell(mentioned=False)], BRAND, "hallucination", "not_mentioned"),
        ([cell()], BRAND, "faithfulness", "no_checkable_claim"),
        ([cell()], BRAND, "avgPosition", "not_ranked"),
        ([cell()], BRAND, "voiceAlignment", "no_voice_profile"),
        ([cell()], BRAND, "citationShare", "no_citation"),
        ([cell()], BrandFacts(name="Acme"), "citationShare", "no_own_domain"),
        ([cell()], BrandFacts(name="Acme"), "factCoverage", "no_facts"),
    ],
)
def test_no_data_is_null_and_says_why(cells, facts, metric, reason):
    result = scored(cells, facts, {"claude": 1})

    for one in (result.metrics[metric], result.platforms[0].metrics[metric]):
        assert (one.value, one.low, one.high, one.reason) == (None, None, None, reason)


def test_the_overall_value_is_the_mean_of_the_platforms_that_have_one():
    cells = [cell("claude", f"p{n}") for n in range(3)] + [cell("chatgpt", f"p{n}", mentioned=n == 0) for n in range(3)]

    result = scored(cells, planned={"claude": 3, "chatgpt": 3, "gemini": 3})

    assert result.metrics["mentionRate"].value == pytest.approx((100 + 100 / 3) / 2)
    assert result.missing["mentionRate"] == ("gemini",)
    assert [one.platform for one in result.platforms] == ["chatgpt", "claude", "gemini"]
    assert result.platforms[2].coverage.share == 0
    assert (result.coverage.planned, result.coverage.valid, result.coverage.share) == (9, 6, pytest.approx(6 / 9))


def test_what_is_no_valid_answer_lowers_coverage_and_nothing_else():
    states = ("empty", "refused", "truncated", "absent", "failed")
    cells = [cell(prompt_id="p1"), *(cell(prompt_id="p1", state=state) for state in states)]

    result = scored(cells, planned={"claude": 8})

    coverage = result.platforms[0].coverage
    assert (coverage.planned, coverage.valid, coverage.share) == (8, 1, 0.125)
    assert all(getattr(coverage, state) == 1 for state in states)
    assert (result.metrics["mentionRate"].value, result.metrics["mentionRate"].n) == (100, 1)


def test_repeats_of_a_prompt_do_not_make_a_number_surer_when_they_only_repeat_it():
    """Ten copies of each answer are worth one."""
    once = scored([cell(prompt_id=f"p{n}", mentioned=n < 6) for n in range(10)]).metrics["mentionRate"]
    copies = scored([cell(prompt_id=f"p{n}", repeat=r, mentioned=n < 6) for n in range(10) for r in range(10)])

    assert (once.low, once.high) == (pytest.approx(31.3, abs=0.1), pytest.approx(83.2, abs=0.1))
    platform = copies.platforms[0].metrics["mentionRate"]
    assert (platform.low, platform.high) == (pytest.approx(once.low), pytest.approx(once.high))


def test_a_hundred_percent_is_not_certain():
    metric = scored([cell(prompt_id=f"p{n}", supported=(found(),)) for n in range(10)]).metrics["faithfulness"]

    assert (metric.value, metric.method, metric.high) == (100, "wilson", 100)
    assert metric.low == pytest.approx(100 * wilson(10, 10)[0])


@pytest.mark.parametrize(
    ("is_loud", "is_true", "quadrant"),
    [(True, True, "dominant"), (True, False, "misrepresented"), (False, True, "hidden_gem"), (False, False, "at_risk")],
)
def test_the_four_quadrants(is_loud, is_true, quadrant):
    rivals = () if is_loud else ("Bolt", "Crux")
    findings = {"supported" if is_true else "contradicted": (found(),)}
    cells = [
        cell(prompt_id=f"p{n}", repeat=r, mentioned=is_loud or r == 0, competitors=rivals, **findings)
        for n in range(6)
        for r in range(4)
    ]

    result = scored(cells)

    assert (result.quadrant, result.quadrant_confidence, result.borderline) == (quadrant, 1.0, False)
    assert result.thresholds.share_of_voice == pytest.approx(100 / 3)
    assert result.thresholds.accuracy == 80


def test_a_close_call_says_so():
    """Half of the prompts name the brand alone, half the rivals alone: share of voice is near its threshold."""
    cells = [
        cell(prompt_id=f"p{n}", repeat=r, mentioned=n % 2 == 0, competitors=() if n % 2 == 0 else ("Bolt", "Crux"),
             supported=(found(),))
        for n in range(6)
        for r in range(3)
    ]  # fmt: skip

    result = scored(cells)

    assert 0.4 < result.quadrant_confidence < 0.8
    assert result.borderline


@pytest.mark.parametrize(
    "cells",
    [
        [],
        presence(*WORKED),  # no claims
        [cell(prompt_id=f"p{n}", supported=(found(),)) for n in range(9)],  # nine answers
    ],
)
def test_too_little_data_makes_no_quadrant(cells):
    result = scored(cells)

    assert (result.quadrant, result.quadrant_confidence) == ("insufficient_data", None)


def test_few_prompts_make_a_quadrant_without_confidence():
    cells = [cell(prompt_id=f"p{n % 2}", repeat=n, supported=(found(),)) for n in range(12)]

    result = scored(cells)

    assert (result.quadrant, result.quadrant_confidence, result.borderline) == ("dominant", None, True)


def test_a_score_is_kept_as_json_and_comes_back_whole():
    result = scored([*presence(*WORKED), cell(citations=cites("acme.com"), sandbox=True)], planned={"claude": 20})

    assert msgspec.json.decode(msgspec.json.encode(result), type=ScanScore) == result
    assert result.sandbox
    assert result.score_version == SCORE_VERSION


def test_values_on_the_wire():
    assert [shown("faithfulness", value) for value in (85.0, 92.25, 92.35, None)] == [85, 92.2, 92.3, None]
    assert shown("sentiment", 0.6549) == 0.65
    assert set(documented(scored([]).metrics)) == {
        "faithfulness", "shareOfVoice", "sentiment", "voiceAlignment", "hallucination",
    }  # fmt: skip


judgements = st.fixed_dictionaries(
    {
        "mentioned": st.booleans(),
        "competitors": st.sets(st.sampled_from(["Bolt", "Crux"])).map(lambda names: tuple(sorted(names))),
        "rank": st.none() | st.integers(1, 8),
        "sentiment": st.none() | st.floats(-1, 1),
        "supported": st.lists(st.sampled_from([found(), found(fact=PRICE)]), max_size=3).map(tuple),
        "contradicted": st.lists(st.sampled_from([found(), found(fact=PRICE)]), max_size=2).map(tuple),
        "voice": st.none() | st.floats(0, 100),
        "branded": st.booleans(),
        "citations": st.sampled_from([(), cites("acme.com"), cites("g2.com", "acme.com")]),
        "state": st.sampled_from(["valid", "valid", "valid", "failed", "refused"]),
    }
)
scans = st.lists(
    st.builds(
        lambda platform, prompt, values: cell(platform, prompt, **values),
        st.sampled_from(["claude", "chatgpt", "gemini"]),
        st.sampled_from([f"p{n}" for n in range(7)]),
        judgements,
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(cells=scans, facts=st.sampled_from([BRAND, BrandFacts(name="Acme"), BrandFacts(name="Acme", facts=(FOUNDED,))]))
def test_every_number_lies_in_its_interval_and_within_its_range_whatever_the_answers(cells, facts):
    result = scored(cells, facts)

    for metrics in (result.metrics, *(one.metrics for one in result.platforms)):
        assert set(metrics) == set(METRICS)
        for name, one in metrics.items():
            if one.value is None:
                assert (one.low, one.high, one.n, one.method) == (None, None, 0, None)
                assert one.reason is not None
                continue
            lowest, highest = {"sentiment": (-1, 1), "avgPosition": (1, longest_list(cells))}.get(name, (0, 100))
            assert lowest - 1e-9 <= one.low <= one.value <= one.high <= highest + 1e-9
            assert one.n > 0
    assert result.coverage.valid <= result.coverage.planned
    assert result.quadrant_confidence is None or 0 <= result.quadrant_confidence <= 1


@settings(max_examples=15)
@given(cells=scans, order=st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(cells, order: random.Random):
    shuffled = list(cells)
    order.shuffle(shuffled)

    first, second = scored(cells), scored(shuffled)

    assert first.quadrant == second.quadrant
    for name in METRICS:
        one, other = first.metrics[name], second.metrics[name]
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), nan_ok=True)


def test_another_seed_moves_intervals_a_little_and_values_not_at_all():
    cells = presence(*WORKED, *WORKED)

    first, again, other = scored(cells), scored(cells), scored(cells, seed="scan_2")

    assert first == again
    one, two = first.metrics["shareOfVoice"], other.metrics["shareOfVoice"]
    assert one.value == two.value
    assert (one.low, one.high) != (two.low, two.high)
    assert (one.low, one.high) == (pytest.approx(two.low, abs=3), pytest.approx(two.high, abs=3))


def test_a_large_scan_is_scored_in_well_under_a_second():
    cells = [
        cell(platform, f"p{n}", repeat=r, supported=(found(),), sentiment=0.5, rank=1 + n % 4, list_length=5)
        for platform in ("claude", "chatgpt", "gemini", "perplexity", "google_aio")
        for n in range(20)
        for r in range(3)
    ]
    scored(cells)  # numpy is loaded

    began = time.perf_counter()
    scored(cells)

    assert time.perf_counter() - began < 1.0  # about 50 ms; the bound is for a busy machine
    assert draws_of(20, "x").shape == (DRAWS, 20)
