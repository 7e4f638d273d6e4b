"""A worker killed while it asks platforms, or the judge's model: what was stored is not asked again, what was under way is
(or is left, as the settings say), and the scan completes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.perception import pipeline
from store.brands import entries, sections
from store.brands import queries as brands
from store.brands.values import Source
from store.kit import db
from store.kit.settings import settings
from store.perception import answers, scans
from tests.kit.eventually import eventually
from tests.kit.fake_models import FakeModels
from tests.kit.fake_platforms import FakePlatforms
from tests.kit.fake_web import FakeWeb
from tests.kit.fleet import Fleet, fleet_on

PERSON = Source(origin="person", at="2026-01-01T00:00:00Z")
WS = "ws_killed"
AT_ONCE = 4
MODEL = {
    "MILLRACE_LLM__PROVIDER": "openai",
    "MILLRACE_LLM__BASE_URL": "{url}/v1",
    "MILLRACE_LLM__MODEL": "m-1",
    "MILLRACE_PERCEPTION__JUDGE_CALLS": str(AT_ONCE),
}


@pytest.fixture
def platforms() -> Iterator[FakePlatforms]:
    with FakeWeb(latency=0.25) as web:
        yield FakePlatforms(web, lambda platform, question: "Acme was founded in 2019.")


@pytest.fixture
def models(platforms) -> FakeModels:
    models = FakeModels(platforms.web)
    models.reply = lambda prompt: {"verdicts": [], "sentiment": 0.5}
    return models


@pytest.fixture
def more() -> dict[str, str]:
    """Further settings of a test."""
    return {}


@pytest.fixture
def fleet(empty_store, platforms, more, monkeypatch) -> Iterator[Fleet]:
    """Workers with a key for one platform, which this process has as well: it submits the scan."""
    given = platforms.environment("claude", concurrency=AT_ONCE, per_minute=0) | more
    given = {name: value.format(url=platforms.web.url) for name, value in given.items()}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with fleet_on(empty_store, given) as running:
        yield running
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.long
def test_what_was_stored_before_the_kill_is_not_asked_again(fleet, platforms):
    scan, keeper = scanning(fleet)

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


@pytest.mark.long
@pytest.mark.parametrize("more", [MODEL | {"MILLRACE_PERCEPTION__LOST_CALL": lost} for lost in ("again", "leave")])
def test_what_the_model_replied_before_the_kill_is_not_paid_again(fleet, platforms, models, more):
    platforms.web.latency = 0
    models.trouble = lambda request, number: bool(request.web.stopping.wait(0.25))
    scan, keeper = scanning(fleet)

    stored = eventually(lambda: len(found := replied(scan.id)) >= 5 and found, within_s=20)
    fleet.children(keeper)[0].kill()

    assert eventually(lambda: scans.get(WS, scan.id).status == "completed", within_s=60)
    calls = Counter(headers["idempotency-key"] for headers in models.headers)
    begun = {one.id for one in answers.of_scan(WS, scan.id) if one.state == "valid"}
    assert {key.split("-")[0] for key in calls} <= begun
    assert all(calls[key] == 1 for key in stored)
    twice = [key for key, times in calls.items() if times > 1]
    judging = scans.get(WS, scan.id).score["judging"]
    if more["MILLRACE_PERCEPTION__LOST_CALL"] == "leave":
        assert twice == []
        assert set(judging["reasons"]) <= {"outcome_unknown"}
    else:
        assert len(twice) <= AT_ONCE, "only what was under way"
        assert judging["reasons"] == {}
    assert judging["rules"] + judging["with_model"] == len(begun)


def scanning(fleet: Fleet):
    """(a scan of 20 cells that begins, the keeper of the workers that make it)."""
    brand = brands.ensure(WS, "acme")
    sections.edit(brand, "identity", {"name": "Acme", "founded_year": 2019}, source=PERSON)
    entries.add(brand, "competitors", {"name": "Rival"}, source=PERSON)
    fleet.scheduler()
    keeper = fleet.worker(module="workers.main", threads=8)
    scan = pipeline.submit(WS, brand="acme", platforms=["claude"], prompt_count=10, repeats=2, surface="vistralai")
    return scan, keeper


def replied(scan_id: str) -> list[str]:
    """The idempotency keys of the model's calls whose reply is stored."""
    found = db.rows("SELECT answer_id, key FROM consultation WHERE scan_id = %s AND state = 'kept'", (scan_id,))
    return [f"{answer_id}-{key[:16]}" for answer_id, key in found]


def kept(scan_id: str) -> list[str]:
    return answers.ids_in(WS, scan_id, states=["valid"])
