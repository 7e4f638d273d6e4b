"""What a report shows: round scales, every day once, changes that say whether they are good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.runs.exports.report import charts, words
from pipelines.runs.exports.report.content import MOST_STEPS, Content, days_a_step, steps, ticks
from store.alerts.queries import Fired
from store.runs.figures import Overview, Window
from store.runs.records import Sums

START = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)


@given(st.floats(1e-9, 1e12))
def test_a_scale_has_few_round_steps_and_room_for_the_most(most):
    scale = ticks(most)

    assert 2 <= len(scale) <= 6
    assert scale[0] == 0
    assert scale[-1] >= most * 0.999
    gaps = {f"{after - before:.6g}" for before, after in pairwise(scale)}
    assert len(gaps) == 1
    assert gaps.pop().strip("0.").partition("e")[0].rstrip("0.") in ("1", "2", "5")


@given(st.integers(1, 3660), st.integers(0, 86_399))
def test_every_day_is_in_one_step_and_a_chart_has_a_bounded_number(days, seconds):
    window = Window(START, START + timedelta(days=days, seconds=seconds))
    first = START.replace(hour=0, minute=0)
    known = {first + timedelta(days=day): Sums(runs=1) for day in range(0, days, 7)}

    found = steps(known, window)

    assert len(found) <= MOST_STEPS
    assert sum(step.sums.runs for step in found) == len(known)
    assert found[-1].start < window.until() <= found[-1].start + timedelta(days=days_a_step(window))


def content(now: Sums, before: Sums) -> Content:
    return Content(
        workspace="Acme", window=Window(START, START + timedelta(days=1)), made_at=START,
        overview=Overview(now, 0, 0), previous=before, steps=[], days_a_step=1, models=[], prompts=[], fired=[],
    )  # fmt: skip


def test_a_change_says_whether_it_is_good():
    now = Sums(runs=200, failed=20, priced=200, cost=Decimal(10**9), timed=200, latency_us=Decimal(10**8))
    before = Sums(runs=100, priced=100, cost=Decimal(10**10), timed=100, latency_us=Decimal(10**8))

    found = {tile.title: (tile.value, tile.change, tile.tone) for tile in words.tiles(content(now, before))}

    assert found["Runs"] == ("200", "+100%", "plain")
    assert found["Cost"] == ("$1.00", "-90%", "good")
    assert found["Success rate"] == ("90.00 %", "-10.00 points", "bad")
    assert found["Average latency"] == ("500 ms", "-50%", "good")
    nothing = words.tiles(content(Sums(), Sums()))
    assert {tile.change for tile in nothing} == {""}
    assert words.tiles(content(Sums(runs=5000), Sums(runs=1)))[0].change == "× 5000"


@pytest.mark.parametrize(
    ("dollars", "told"),
    [(None, "–"), (0, "$0.00"), (1234.5, "$1,234.50"), (0.5, "$0.50"), (0.04, "$0.040"), (0.0025, "$0.0025"),
     (0.00000015, "$0.00000015"), (1e-9, "$0.000000001")],
)  # fmt: skip
def test_small_amounts_say_something(dollars, told):
    assert words.money(dollars) == told


def test_a_curve_is_interrupted_where_nothing_is_known():
    days = [START + timedelta(days=day) for day in range(5)]

    drawn = charts.curve(days, [1.0, 2.0, None, 3.0, 4.0])

    assert drawn.count("<circle") == 4
    path = drawn.partition(' d="')[2].partition('"')[0]
    assert (path.count("M"), path.count("L")) == (2, 2)
    assert charts.bars([], []).startswith("<svg")


def test_an_episode_is_told_to_the_minute_and_one_run_in_the_singular():
    begun = Fired("SLOW_RESPONSE", None, 10.0, 12.0, START, None)
    ended = Fired("SLOW_RESPONSE", None, 10.0, 12.0, START, START + timedelta(minutes=7))

    assert words.span(begun) == ("1 Mar 2026, 15:30", "still on")
    assert words.span(ended) == ("1 Mar 2026, 15:30", "1 Mar 2026, 15:37")
    assert words.notes(content(Sums(runs=2, priced=1), Sums()))[0].startswith("1 of the 2 runs has no price: its model")
