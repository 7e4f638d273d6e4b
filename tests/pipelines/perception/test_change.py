"""Whether two scans differ: moved, within noise, another model, or too little to tell."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.perception.scoring import compare
from tests.pipelines.perception.cells import BRAND, cell, found, presence


def answers(rate, *, prompts=10, repeats=3, platform="claude", prefix="p", **more):
    """`rate(prompt)` of the repeats mention the brand."""
    return [
        cell(platform, f"{prefix}{n}", repeat=r, mentioned=r < rate(n), prompt=f"Question {n}?", **more)
        for n in range(prompts)
        for r in range(repeats)
    ]


def verdict(now, before, metric="mentionRate"):
    return compare(now, before, BRAND, seed="scan_2").overall[metric]


def test_a_clear_rise_has_moved():
    change = verdict(answers(lambda n: 3), answers(lambda n: n % 2))

    assert change.verdict == "moved"
    assert (round(change.current), round(change.previous), round(change.difference)) == (100, 17, 83)
    assert 0 < change.low <= change.difference <= change.high


def test_a_small_shift_is_within_noise():
    change = verdict(answers(lambda n: 2 if n else 1), answers(lambda n: 2))

    assert change.verdict == "within_noise"
    assert change.low <= 0 <= change.high


def test_the_same_answers_have_not_moved():
    one = answers(lambda n: n % 4)

    change = verdict(one, one)

    assert (change.verdict, change.difference, change.low, change.high) == ("within_noise", 0, 0, 0)


def test_another_model_blocks_the_verdict_and_is_named():
    now, before = answers(lambda n: 3, model="model-2"), answers(lambda n: 0)

    found_ = compare(now, before, BRAND, seed="s")

    assert found_.overall["mentionRate"].verdict == "model_changed"
    assert found_.models_changed == ("claude",)


def test_a_platform_whose_model_stayed_has_a_verdict_of_its_own():
    now = [*answers(lambda n: 3, model="model-2"), *answers(lambda n: 3, platform="gemini")]
    before = [*answers(lambda n: 0), *answers(lambda n: 0, platform="gemini")]

    found_ = compare(now, before, BRAND, seed="s")

    assert found_.overall["mentionRate"].verdict == "model_changed"
    assert found_.platforms["claude"]["mentionRate"].verdict == "model_changed"
    assert found_.platforms["gemini"]["mentionRate"].verdict == "moved"


def test_another_judge_is_not_taken_for_a_change_of_the_brand():
    def verdicts(judge):
        now = answers(lambda n: 3, judge_version=judge, sentiment=0.9)
        before = answers(lambda n: 1, judge_version="3", sentiment=-0.9)
        overall = compare(now, before, BRAND, seed="s").overall
        return overall["sentiment"].verdict, overall["mentionRate"].verdict

    assert verdicts("3") == ("moved", "moved")
    assert verdicts("3+openai:m#1") == ("judge_changed", "moved")
    assert verdicts("4") == ("judge_changed", "judge_changed")


def test_the_sandbox_and_the_world_are_not_compared():
    assert verdict(answers(lambda n: 3), answers(lambda n: 0, sandbox=True)).verdict == "model_changed"


def test_only_questions_that_both_asked_count():
    shared = answers(lambda n: 2)
    now = [*shared, *[cell("claude", f"x{n}", prompt=f"New {n}?") for n in range(20)]]

    change = verdict(now, shared)

    assert (change.verdict, change.difference) == ("within_noise", 0)
    assert compare(now, shared, BRAND, seed="s").pairs == 10


def test_a_question_that_was_numbered_anew_is_the_same_question():
    assert compare(answers(lambda n: 3), answers(lambda n: 3, prefix="q"), BRAND, seed="s").pairs == 10


def test_too_few_questions_or_answers_are_insufficient():
    few = answers(lambda n: 3, prompts=4)

    assert verdict(few, answers(lambda n: 0, prompts=4)).verdict == "insufficient_data"
    assert verdict(few, []).verdict == "insufficient_data"
    assert verdict(presence("111"), presence("011"), "faithfulness").verdict == "insufficient_data"


def test_a_platform_that_lost_its_value_does_not_shift_the_mean():
    steady = [cell("claude", f"p{n}", repeat=r, supported=(found(),)) for n in range(6) for r in range(2)]
    wrong = [cell("gemini", f"p{n}", repeat=r, contradicted=(found(),)) for n in range(6) for r in range(2)]
    silent = [cell("gemini", f"p{n}", repeat=r) for n in range(6) for r in range(2)]

    change = verdict([*steady, *silent], [*steady, *wrong], "faithfulness")

    assert (change.verdict, change.current, change.previous) == ("within_noise", 100, 100)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_a_change_turned_around_is_its_mirror(seed):
    random = np.random.default_rng(seed)
    one, other = (answers(random.integers(0, 4, 10).item) for _ in range(2))

    there, back = verdict(one, other), verdict(other, one)

    assert (there.verdict, there.difference) == (back.verdict, -back.difference)
    assert (round(there.low, 9), round(there.high, 9)) == (-round(back.high, 9), -round(back.low, 9))


def test_scans_of_an_unchanged_world_seldom_seem_to_have_moved():
    """Two scans of the same rates, 100 times: at 95 % about one in twenty."""
    random = np.random.default_rng(3)
    moved = 0
    for _ in range(100):
        rates = random.beta(3, 2, size=12)
        one, other = (answers(random.binomial(3, rates).item, prompts=12) for _ in range(2))
        moved += verdict(one, other).verdict == "moved"

    assert moved / 100 <= 0.12
