"""Insights are kept by what they are about: a scan continues what an earlier one saw, and closes what is gone."""

from __future__ import annotations

import pytest

from store.insights import queries
from store.kit import db
from store.kit.errors import NotFound
from tests.store.insights.rows import OTHER, WS, brand_of, keep, scan_of, sighting


@pytest.fixture
def brand(empty_store):
    return brand_of()


def listed(brand, **more):
    return queries.page(WS, brand.id, limit=50, **more)


def test_a_stage_that_runs_again_makes_no_second_insight(brand):
    scan = scan_of(brand)
    for _ in range(2):
        keep(brand, scan, sighting(), sighting("source_gap:g2.com", type="source_gap", subject="g2.com"))

    assert [one.key for one in listed(brand)] == ["hallucination:founded", "source_gap:g2.com"]
    assert queries.count_open(WS, brand.id) == 2


def test_a_later_scan_continues_an_insight_with_its_new_figures_and_keeps_the_dismissal(brand):
    first, second = scan_of(brand), scan_of(brand)
    keep(brand, first, sighting())
    (before,) = listed(brand)
    dismissed = queries.dismiss(WS, before.id)
    keep(brand, second, sighting(severity="critical", claimed="2019"))

    (after,) = listed(brand)

    assert after.id == before.id
    assert (after.first_scan_id, after.scan_id) == (first, second)
    assert (after.severity, after.claimed, after.dismissed_at) == ("critical", "2019", dismissed.dismissed_at)
    assert after.created_at == before.created_at
    assert queries.count_open(WS, brand.id) == 0


def test_dismissing_twice_keeps_the_first_moment(brand):
    keep(brand, scan_of(brand), sighting())
    (one,) = listed(brand)

    assert queries.dismiss(WS, one.id).dismissed_at == queries.dismiss(WS, one.id).dismissed_at
    with pytest.raises(NotFound):
        queries.dismiss(OTHER, one.id)


def test_what_a_scan_looked_for_and_did_not_find_is_resolved_and_opens_again_when_it_comes_back(brand):
    first, second, third = (scan_of(brand) for _ in range(3))
    keep(brand, first, sighting())
    keep(brand, second)
    assert [one.resolved_at is not None for one in listed(brand)] == [True]
    assert listed(brand, resolved=False) == []

    keep(brand, third, sighting())

    assert [one.resolved_at for one in listed(brand)] == [None]


@pytest.mark.parametrize(
    "looked",
    [{"platforms": []}, {"platforms": ["gemini"]}, {"prompt_ids": ["prompt_9"]}],
    ids=["nobody answered", "another platform", "other questions"],
)
def test_what_a_scan_could_not_see_stays_open(brand, looked):
    keep(brand, scan_of(brand), sighting())
    keep(brand, scan_of(brand), **looked)

    assert queries.count_open(WS, brand.id) == 1


def test_an_old_scan_that_is_judged_anew_does_not_undo_a_newer_one(brand):
    old, new = scan_of(brand), scan_of(brand)
    keep(brand, new, sighting(claimed="2019"))

    keep(brand, old, sighting(claimed="1999"))
    keep(brand, old)

    (one,) = listed(brand)
    assert (one.scan_id, one.claimed, one.resolved_at) == (new, "2019", None)


def test_insights_are_filtered_and_paged_newest_first(brand):
    scan = scan_of(brand)
    keep(
        brand,
        scan,
        sighting("c", type="negative_sentiment"),
        sighting("b", platforms=["gemini", "claude"]),
        sighting("a", severity="low"),
    )
    every = listed(brand)
    queries.dismiss(WS, every[0].id)

    def keys(**more):
        return [one.key for one in listed(brand, **more)]

    assert [one.key for one in every] == ["c", "b", "a"]
    assert keys(severity="low") == ["a"]
    assert keys(platform="gemini") == ["b"]
    assert keys(type="negative_sentiment") == ["c"]
    assert keys(dismissed=False) == ["b", "a"]
    assert keys(scan_id=scan, before_id=every[1].id) == ["a"]
    assert queries.page(OTHER, brand.id, limit=9) == []


def test_a_scans_conclusion_is_told_once(brand):
    scan = scan_of(brand)

    first = queries.conclude(WS, scan, previous_scan_id=None, comparison=None)
    again = queries.conclude(WS, scan, previous_scan_id=None, comparison={"pairs": 3})

    assert (first, again) == (True, False)
    assert queries.change(WS, scan).comparison == {"pairs": 3}
    assert queries.change(OTHER, scan) is None


def test_a_brand_takes_its_insights_with_it(brand):
    keep(brand, scan_of(brand), sighting())
    db.rows("DELETE FROM brand WHERE id = %s", (brand.id,))

    assert listed(brand) == []
