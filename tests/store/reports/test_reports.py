"""Reports are there until they expire, and forgotten a month later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.perception.reports.pipeline import ask_for
from store.insights import queries as insights
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput, NotFound
from store.reports import queries
from tests.store.insights.rows import OTHER, WS, brand_of, keep, scan_of, sighting


@pytest.fixture
def brand(empty_store):
    return brand_of()


def asked(brand, **more):
    wanted = {"format": "pdf", "first_day": None, "last_day": None, "surface": "vistralai", "created_by": "user_1"}
    return ask_for(brand, **wanted | more)


def test_a_report_is_its_job_until_it_has_a_file(brand):
    report = asked(brand, first_day=date(2024, 12, 1), last_day=date(2024, 12, 27))

    assert (report.state, report.blob_id, report.has_expired) == ("queued", None, False)
    queries.finish(WS, report.id, blob_id="blob_1", missing_glyphs="日")
    again = queries.of_job(WS, report.job_id)
    assert (again.id, again.blob_id, again.missing_glyphs) == (report.id, "blob_1", "日")
    assert again.first_day == date(2024, 12, 1)
    for stranger in (lambda: queries.get(OTHER, report.id), lambda: queries.of_job(OTHER, report.job_id)):
        with pytest.raises(NotFound):
            stranger()


def test_a_day_is_enough_and_a_range_that_ends_before_it_begins_is_not(brand):
    day = date(2024, 12, 1)

    assert asked(brand, first_day=day, last_day=day)
    with pytest.raises(InvalidInput):
        asked(brand, first_day=day, last_day=day - timedelta(days=1))
    assert db.rows("SELECT count(*) FROM report")[0][0] == 1


def test_a_report_that_expired_is_known_for_a_month(brand):
    report = asked(brand)
    db.rows("UPDATE report SET expires_at = %s", (utc_now() - timedelta(days=29),))
    assert queries.get(WS, report.id).has_expired
    assert queries.prune(limit=10) == 0

    db.rows("UPDATE report SET expires_at = %s", (utc_now() - timedelta(days=31),))

    assert queries.prune(limit=10) == 1
    with pytest.raises(NotFound):
        queries.get(WS, report.id)


def test_insights_of_a_period_are_those_known_in_it_most_severe_first(brand):
    keep(brand, scan_of(brand), sighting("a", severity="low"), sighting("b", severity="critical"))
    now = utc_now()

    def keys(**bounds):
        wanted = {"since": None, "until": None, "limit": 9}
        return [one.key for one in insights.in_period(WS, brand.id, **wanted | bounds)]

    assert keys() == ["b", "a"]
    assert keys(limit=1) == ["b"]
    assert keys(since=now + timedelta(minutes=1)) == keys(until=now - timedelta(minutes=1)) == []


def test_insights_that_were_resolved_long_ago_are_forgotten(brand):
    keep(brand, scan_of(brand), sighting("a"), sighting("b"))
    db.rows("UPDATE insight SET resolved_at = now() - interval '401 days' WHERE key = 'a'")

    assert insights.prune(older_than=timedelta(days=400), limit=10) == 1
    assert [one.key for one in insights.page(WS, brand.id, limit=9)] == ["b"]
