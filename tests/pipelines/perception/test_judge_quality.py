"""How well the judge judges: the labelled answers under labelled/, with thresholds that a worse judge fails."""

from __future__ import annotations

from functools import cache

import pytest

from tests.pipelines.perception.labelled.scorer import HERE, Tally, measure, report

FOLDERS = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and any(folder.glob("*.yaml")))


STRANGERS = "strangers"  # 3,116 answers of 303 brands, by people who had not seen the judge; learnt from since
STEP = {STRANGERS: 8}  # every eighth brand: all of them take too long for each run


@cache
def tally(folder: str) -> Tally:
    return measure(HERE / folder, step=STEP.get(folder, 1))


@pytest.mark.parametrize("folder", FOLDERS)
def test_contradictions_are_found_and_are_contradictions(folder):
    measured = tally(folder)

    assert measured.precision >= 0.9, report(folder, measured)
    assert measured.recall >= 0.7, report(folder, measured)


def test_what_was_learnt_from_strangers_stays_learnt():
    measured = tally(STRANGERS)

    assert measured.precision >= 0.96, report(STRANGERS, measured)
    assert measured.recall >= 0.78, report(STRANGERS, measured)
    assert measured.trap_alarms <= 0.01, report(STRANGERS, measured)


@pytest.mark.parametrize("folder", FOLDERS)
def test_traps_raise_no_alarm(folder):
    assert tally(folder).trap_alarms <= 0.05, report(folder, tally(folder))


@pytest.mark.parametrize("folder", FOLDERS)
def test_mentions_ranks_and_rivals_are_exact(folder):
    measured = tally(folder)

    assert {name: measured.rate(name) for name in ("mentioned", "rank", "competitors")} == {
        "mentioned": 1.0,
        "rank": 1.0,
        "competitors": 1.0,
    }, report(folder, measured)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_quote_stands_in_its_answer_where_it_says(folder):
    measured = tally(folder)

    assert measured.quotes > measured.answers / 2
    assert measured.verbatim == measured.quotes


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_right_is_seen_to_be_right(folder):
    assert tally(folder).support_recall >= 0.7, report(folder, tally(folder))


def test_a_judge_that_sees_nothing_or_everything_would_fail():
    """The thresholds can fail: both lazy judges miss them."""
    blind = Tally(hits=0, missed=10)
    eager = Tally(hits=10, false=90, traps=10, alarms=10)

    assert blind.recall < 0.7
    assert eager.precision < 0.9
    assert eager.trap_alarms > 0.05
