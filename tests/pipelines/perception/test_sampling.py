"""The statistics under every number: Wilson's interval, draws of prompts, and what repeats are worth."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.perception.scoring.sampling import draws_of, effective_n, percentiles, ratios, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (46, 50, 0.8116, 0.9685), (3, 5, 0.2307, 0.8824)],
)
def test_wilsons_interval_is_the_published_one(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_wilsons_interval_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_worked_examples_bootstrap_of_share_of_voice():
    brand, everyone = np.array([2.0, 3, 0, 2]), np.array([7.0, 6, 5, 4])

    low, high = percentiles(ratios(draws_of(4, "seed"), brand, everyone))

    assert brand.sum() / everyone.sum() == pytest.approx(0.318, abs=5e-4)
    assert (low, high) == (pytest.approx(0.10, abs=0.05), pytest.approx(0.50, abs=0.05))


def test_the_correlation_of_repeats_decides_what_they_are_worth():
    ones = np.full(6, 4.0)
    alike, mixed = np.array([4.0, 4, 4, 0, 0, 0]), np.array([2.0, 2, 2, 2, 2, 2])

    assert effective_n(ones, alike, alike, ones) == pytest.approx(6)
    assert effective_n(ones, mixed, mixed, ones) == pytest.approx(24)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """200 simulated scans of 20 prompts x 3, each prompt with a rate of its own around 60 %."""
    random_ = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        rates = random_.beta(3, 2, size=20)
        hits = random_.binomial(3, rates).astype(float)
        n = np.full(20, 3.0)
        low, high = percentiles(ratios(draws_of(20, str(random_.integers(1 << 30))), hits, n))
        held += low <= 0.6 <= high
    assert 0.90 <= held / 200 <= 0.98
