"""When asking again proves that a problem is gone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.perception.corrections.weighing import MAX_REPEATS, old_share, repeats_for, weigh
from pipelines.perception.insights import find
from pipelines.perception.insights.showing import probe_of
from pipelines.perception.scoring import score
from pipelines.perception.scoring.sampling import wilson
from tests.pipelines.perception.cells import BRAND, cell, found
from tests.pipelines.perception.test_scoring import scans

PROBE = probe_of("hallucination", fact_id="founded", key="hallucination:founded", subject=None, facts=BRAND)


def again(wrong: int, n: int, *, before: float = 1.0, silent: int = 0):
    """`n` answers that state the founding year, `wrong` of them wrongly, and `silent` ones that do not."""
    told = [cell(prompt_id=f"p{i}", **{"contradicted" if i < wrong else "supported": (found(),)}) for i in range(n)]
    return weigh(before, [*told, *(cell(prompt_id=f"q{i}") for i in range(silent))], PROBE)


def test_an_error_that_is_gone_from_as_many_answers_is_verified():
    result = again(0, 3)

    assert (result.is_verified, result.reason, result.k, result.n, result.after) == (True, None, 0, 3, 0)
    assert result.high == pytest.approx(wilson(0, 3)[1])


@pytest.mark.parametrize(
    ("wrong", "n", "before", "verified", "reason"),
    [
        (3, 3, 1.0, False, "still_shown"),
        (1, 9, 1.0, True, None),  # from all to one in nine
        (60, 100, 0.95, False, "still_shown"),  # surely less, and not gone
        (3, 9, 0.5, False, "still_shown"),
        (0, 4, 0.3, False, "too_few_answers"),
        (0, 9, 1 / 3, True, None),
        (0, 2, 1.0, False, "too_few_answers"),
        (0, 0, 1.0, False, "too_few_answers"),
    ],
)
def test_the_share_must_be_surely_less_and_at_most_half(wrong, n, before, verified, reason):
    result = again(wrong, n, before=before)

    assert (result.is_verified, result.reason) == (verified, reason)


@pytest.mark.parametrize(("wrong", "n", "verified"), [(0, 3, True), (1, 9, False), (0, 2, False)])
def test_what_the_sandbox_was_told_is_believed_without_many_answers(wrong, n, verified):
    told = [cell(prompt_id=f"p{i}", **{"contradicted" if i < wrong else "supported": (found(),)}) for i in range(n)]

    assert weigh(0.05, told, PROBE, is_believed=True).is_verified is verified
    assert weigh(0.05, told, PROBE).is_verified is False


def test_answers_that_say_nothing_of_the_matter_do_not_make_it_better():
    assert again(3, 3, silent=30).reason == "still_shown"
    assert (again(0, 5, silent=30).n, again(3, 3, silent=30).n) == (5, 3)


def test_a_claim_that_is_not_made_any_more_is_gone_as_well():
    result = again(0, 0, silent=9)

    assert (result.is_verified, result.k, result.n) == (True, 0, 9)


def test_answers_that_did_not_come_prove_nothing():
    failed = [cell(prompt_id=f"p{n}", state="failed") for n in range(9)]

    assert weigh(1.0, failed, PROBE).reason == "too_few_answers"


@pytest.mark.parametrize(
    ("k", "n", "share"), [(1, 1, 0.603), (3, 3, 0.719), (40, 40, 0.956), (8, 20, 0.4), (1, 12, 1 / 12)]
)
def test_few_wrong_answers_are_no_hundred_percent(k, n, share):
    assert old_share(k, n) == pytest.approx(share, abs=1e-3)


@settings(max_examples=50)
@given(before=st.floats(0.05, 1), cells=st.integers(1, 60))
def test_so_many_repeats_are_asked_that_no_showing_would_be_proof(before, cells):
    repeats = repeats_for(before, cells=cells, at_least=1)

    assert 1 <= repeats <= MAX_REPEATS
    if repeats < MAX_REPEATS:
        assert wilson(0, repeats * cells)[1] < before


def test_a_problem_that_always_showed_needs_no_more_than_the_usual_repeats():
    assert repeats_for(1.0, cells=4, at_least=3) == 3
    assert repeats_for(1 / 3, cells=1, at_least=3) == 9
    assert repeats_for(0.0, cells=1, at_least=3) == MAX_REPEATS


@settings(max_examples=50)
@given(cells=scans)
def test_every_insight_is_shown_by_its_own_evidence(cells):
    """What insights count and what a verification counts is the same."""
    answers = {one.answer_id: one for one in cells}
    for one in find(cells, BRAND, score(cells, BRAND, planned={}, seed="s")):
        probe = probe_of(one.type, fact_id=one.fact_id, key=one.key, subject=one.subject, facts=BRAND)
        assert all(probe.shows(answers[quote.answer_id]) for quote in one.quotes)
        assert all(probe.applies(answers[quote.answer_id]) for quote in one.quotes)
