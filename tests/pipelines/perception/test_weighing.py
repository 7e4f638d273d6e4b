"""When asking again proves that a problem is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.perception.corrections.weighing import MAX_REPEATS, repeats_for, weigh
from pipelines.perception.insights import find
from pipelines.perception.insights.showing import contradictions, shower
from pipelines.perception.scoring import score
from pipelines.perception.scoring.sampling import wilson
from tests.pipelines.perception.cells import BRAND, cell, found
from tests.pipelines.perception.test_scoring import scans


def again(wrong: int, n: int, *, before: float = 1.0):
    cells = [cell(prompt_id=f"p{i}", **({"contradicted": (found(),)} if i < wrong else {})) for i in range(n)]
    return weigh(before, cells, lambda one: bool(contradictions(one, "founded")))


def test_an_error_that_is_gone_from_as_many_answers_is_verified():
    result = again(0, 3)

    assert (result.is_verified, result.reason, result.k, result.n, result.after) == (True, None, 0, 3, 0)
    assert result.high == pytest.approx(wilson(0, 3)[1])


@pytest.mark.parametrize(
    ("wrong", "n", "before", "verified", "reason"),
    [
        (3, 3, 1.0, False, "still_shown"),
        (1, 9, 1.0, True, None),  # from all to one in nine
        (3, 9, 0.5, False, "still_shown"),
        (0, 4, 0.3, False, "too_few_answers"),
        (0, 9, 1 / 3, True, None),
        (0, 2, 1.0, False, "too_few_answers"),
        (0, 0, 1.0, False, "too_few_answers"),
    ],
)
def test_the_upper_bound_must_lie_under_the_old_share(wrong, n, before, verified, reason):
    result = again(wrong, n, before=before)

    assert (result.is_verified, result.reason) == (verified, reason)


def test_answers_that_did_not_come_prove_nothing():
    failed = [cell(prompt_id=f"p{n}", state="failed") for n in range(9)]

    assert weigh(1.0, failed, lambda _: False).reason == "too_few_answers"


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


@given(cells=scans)
def test_every_insight_is_shown_by_its_own_evidence(cells):
    """What insights count and what a verification counts is the same."""
    answers = {one.answer_id: one for one in cells}
    for one in find(cells, BRAND, score(cells, BRAND, planned={}, seed="s")):
        shows = shower(one.type, fact_id=one.fact_id, key=one.key, subject=one.subject, facts=BRAND)
        assert all(shows(answers[quote.answer_id]) for quote in one.quotes)
        assert 0 < one.prevalence.asked_k <= one.prevalence.asked_n
