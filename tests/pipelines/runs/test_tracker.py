"""The tracker by itself: months that nobody has made, values that cannot be stored, Postgres away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec import Raw

from pipelines import pricing
from pipelines.runs import tracker
from pipelines.runs.tracker import Tracked
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput, Unavailable
from store.runs import partitions
from tests.kit.runs import run_of

pytestmark = pytest.mark.usefixtures("empty_store")
MINE = "ws_mine"


@pytest.fixture(autouse=True)
def tracker_of_this_test():
    yield
    tracker._session.close()


def track(*runs):
    return asyncio.run(tracker.track(list(runs)))


def test_a_month_that_nobody_made_is_made_when_a_run_wants_it():
    at = utc_now() - timedelta(days=62)
    table = partitions.name(at.date().replace(day=1))
    partitions._drop(table)

    assert track(run_of(MINE, at)) == [Tracked()]
    assert db.rows(f"SELECT count(*) FROM {table}") == [(1,)]
    assert partitions.ensure() == 0


def test_a_value_that_cannot_be_stored_refuses_its_own_run_only():
    now = utc_now()
    bad = run_of(MINE, now, metadata=Raw(b'{"number": 1e200000}'))

    good, refused, also_good = track(run_of(MINE, now), bad, run_of(MINE, now))

    assert (good, also_good) == (Tracked(), Tracked())
    assert isinstance(refused, InvalidInput)
    assert db.rows("SELECT count(*) FROM run") == [(2,)]


def test_without_postgres_nothing_is_stored_and_that_is_said(monkeypatch):
    def gone(*_arguments):
        raise db.OUTAGES[0]("the server went away")

    monkeypatch.setattr(tracker.write, "insert", gone)

    with pytest.raises(Unavailable):
        track(run_of(MINE, utc_now()))


def test_a_flood_of_made_up_models_is_not_looked_up(monkeypatch):
    asked = []
    monkeypatch.setattr(pricing, "_asked", {})
    monkeypatch.setattr(pricing, "_look_up", lambda provider, model: asked.append(model))

    track(*[run_of(MINE, utc_now(), model=f"made-up-{place}", cost=None) for place in range(500)])

    assert len(asked) == tracker.NEW_MODELS
