"""A worker killed while it asks: what was stored is not asked again, what was under way is, and the scan completes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.perception import pipeline
from store.brands import entries, sections
from store.brands import queries as brands
from store.brands.values import Source
from store.kit.settings import settings
from store.perception import answers, scans
from tests.kit.eventually import eventually
from tests.kit.fake_platforms import FakePlatforms
from tests.kit.fake_web import FakeWeb
from tests.kit.fleet import Fleet, fleet_on

PERSON = Source(origin="person", at="2026-01-01T00:00:00Z")
WS = "ws_killed"
AT_ONCE = 4


@pytest.fixture
def platforms() -> Iterator[FakePlatforms]:
    with FakeWeb(latency=0.25) as web:
        yield FakePlatforms(web, lambda platform, question: "Acme was founded in 2019.")


@pytest.fixture
def fleet(empty_store, platforms, monkeypatch) -> Iterator[Fleet]:
    """Workers with a key for one platform, which this process has as well: it submits the scan."""
    given = platforms.environment("claude", concurrency=AT_ONCE, per_minute=0)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with fleet_on(empty_store, given) as running:
        yield running
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.long
def test_what_was_stored_before_the_kill_is_not_asked_again(fleet, platforms):
    brand = brands.ensure(WS, "acme")
    sections.edit(brand, "identity", {"name": "Acme", "founded_year": 2019}, source=PERSON)
    entries.add(brand, "competitors", {"name": "Rival"}, source=PERSON)
    fleet.scheduler()
    keeper = fleet.worker(module="workers.main", threads=8)
    scan = pipeline.submit(WS, brand="acme", platforms=["claude"], prompt_count=10, repeats=2, surface="vistralai")

    stored = eventually(lambda: len(ids := kept(scan.id)) >= 6 and set(ids), within_s=20)
    fleet.children(keeper)[0].kill()

    assert eventually(lambda: scans.get(WS, scan.id).status == "completed", within_s=40)
    calls = Counter(one.headers["idempotency-key"] for one in platforms.asked)
    assert len(calls) == 20
    assert all(calls[cell] == 1 for cell in stored)
    twice = {cell for cell, times in calls.items() if times > 1}
    assert len(twice) <= AT_ONCE, "only what was under way"
    assert {one.state for one in answers.of_scan(WS, scan.id)} == {"valid"}
    begun_again = {one.id for one in answers.of_scan(WS, scan.id) if one.calls > 1}
    assert twice <= begun_again, "one that was begun and never sent is not asked twice"
    paid = sum(one.cost_nano for one in answers.of_scan(WS, scan.id))
    assert scans.get(WS, scan.id).spent_nano >= paid, "a call whose answer was lost may have been billed"


def kept(scan_id: str) -> list[str]:
    return answers.ids_in(WS, scan_id, states=["valid"])
