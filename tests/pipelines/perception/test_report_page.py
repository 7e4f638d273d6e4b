"""What a report prints: numbers as they are read, dates that do not collide, quotes without their markup."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.perception.reports import page, words
from pipelines.perception.reports.collecting import Content, Scored
from pipelines.perception.scores import Change, Metric
from pipelines.perception.scoring import score
from tests.pipelines.perception.cells import BRAND, cell

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def content(moments, **more):
    scans = [Scored(f"scan_{n}", at, score([cell()], BRAND, planned={}, seed="s")) for n, at in enumerate(moments)]
    known = {
        "name": "Acme", "label": "acme", "first_day": None, "last_day": None, "made_at": NOW, "scans": scans,
        "left_out": False, "change": None, "insights": [], "more_insights": False, "corrections": [],
    }  # fmt: skip
    return Content(**known | more)


def test_numbers_are_read_as_people_write_them():
    assert words.number("faithfulness", 85.04) == "85 %"
    assert words.number("sentiment", -0.426) == "−0.43"
    assert words.number("sentiment", None) == "–"
    assert words.interval("sentiment", Metric(value=0.1, low=-0.1, high=0.25)) == "−0.1 to 0.25"
    assert words.difference("faithfulness", Change(verdict="moved", difference=5.25)) == "+5.2"
    assert words.difference("sentiment", Change(verdict="moved", difference=-0.1)) == "−0.1"
    assert words.difference("sentiment", None) == ""


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2024, 12, 1), date(2024, 12, 27), "1 December 2024 to 27 December 2024"),
        (date(2024, 12, 1), None, "since 1 December 2024"),
        (None, date(2024, 12, 27), "until 27 December 2024"),
        (None, None, "all scans on record"),
    ],
)
def test_the_period_in_words(first, last, told):
    assert words.period(first, last) == told


def test_the_period_does_not_turn_round_with_an_arabic_name():
    told = page.layout(content([NOW], name="شركة النور", first_day=date(2024, 12, 1)))

    assert told["running"] == "شركة النور\N{LEFT-TO-RIGHT MARK}, since 1 December 2024"


@pytest.mark.parametrize(
    ("quote", "printed"),
    [("- **Acme**: fast", "Acme: fast"), ("2. `Acme` is here", "Acme is here"), ("Acme - a tool", "Acme - a tool")],
)
def test_quotes_are_printed_without_their_markup(quote, printed):
    assert page._unmarked(quote) == printed


def test_a_report_without_scans_has_no_charts_and_one_scan_stands_in_the_middle():
    empty, single = page.layout(content([])), page.layout(content([NOW]))

    assert (empty["latest"], empty["charts"], empty["platforms"]) == (None, [], [])
    assert single["charts"][0]["points"][0]["x"] == 0.5
    assert [one["text"] for one in single["charts"][0]["labels"]] == ["30 Nov"]


@settings(max_examples=30)
@given(hours=st.lists(st.integers(0, 10_000), min_size=2, max_size=60, unique=True).map(sorted))
def test_dates_under_a_chart_do_not_run_into_each_other(hours):
    chart = page.layout(content([NOW + timedelta(hours=one) for one in hours]))["charts"][0]

    places = [one["x"] for one in chart["labels"]]
    assert places[0] == 0
    assert places[-1] == 1
    assert all(later - earlier >= 1 / page.LABELS - 1e-9 for earlier, later in pairwise(places))
    assert [point["x"] for point in chart["points"]] == sorted(point["x"] for point in chart["points"])
