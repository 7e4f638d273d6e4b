"""What a scan needs before it starts, under settings that a running stack does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pipelines.perception import pipeline, platforms
from store.brands import queries as brands
from store.brands import sections
from store.brands.values import Source
from store.jobs import queries as jobs
from store.kit.errors import InvalidInput, QuotaExceeded, Unprocessable
from store.kit.settings import SettingsError, load, settings
from store.perception import scans

PERSON = Source(origin="person", at="2026-01-01T00:00:00Z")
WS = "ws_starting"


@pytest.fixture
def brand(empty_store):
    made = brands.ensure(WS, "acme")
    sections.edit(made, "identity", {"name": "Acme"}, source=PERSON)
    return made


@pytest.fixture
def given(monkeypatch) -> Iterator[Callable[..., None]]:
    def give(**changes: str) -> None:
        for name, value in changes.items():
            monkeypatch.setenv(f"MILLRACE_{name}", value)
        settings.cache_clear()

    yield give
    monkeypatch.undo()
    settings.cache_clear()


def submit(*names: str, **more):
    return pipeline.submit(WS, brand="acme", platforms=names, prompt_count=2, surface="vistralai", **more)


def test_without_the_sandbox_a_platform_needs_a_key(brand, given):
    given(SANDBOX="off", PLATFORMS__CLAUDE__API_KEY="k")

    assert submit("claude").sandboxed == []
    with pytest.raises(Unprocessable) as refused:
        submit("claude", "gemini")

    assert refused.value.fields["field"] == "platforms[1]"
    assert "platforms.gemini.api_key" in refused.value.message
    assert len(scans.page(WS, brand.id, limit=9)) == 1


def test_a_platform_of_config_is_one_like_the_documented_ones(brand, given):
    other = '{"llama": {"protocol": "ollama", "base_url": "http://127.0.0.1:11434", "model": "llama3.2"}}'
    given(SANDBOX="off", PLATFORMS__OTHERS=other)

    assert platforms.known()[-1] == "llama"
    assert platforms.is_configured("llama")
    assert submit("llama").platforms == ["llama"]
    with pytest.raises(InvalidInput):
        submit("llama2")


def test_a_platform_of_config_cannot_take_a_documented_name():
    other = '{"claude": {"protocol": "ollama", "base_url": "http://127.0.0.1:11434", "model": "m"}}'
    with pytest.raises(SettingsError, match="platforms"):
        load({"MILLRACE_PLATFORMS__OTHERS": other})


def test_the_sandbox_is_auto_or_off():
    assert load({"MILLRACE_SANDBOX": "off"}).sandbox == "off"
    with pytest.raises(SettingsError, match="sandbox"):
        load({"MILLRACE_SANDBOX": "on"})


def test_a_workspace_has_so_many_scans_under_way_and_no_more(brand, given):
    given(PERCEPTION__MAX_OPEN_SCANS="2")
    submit("claude")
    submit("claude")

    with pytest.raises(QuotaExceeded):
        submit("claude")
    assert len(jobs.page(WS, limit=9)) == 2, "the third left no job behind"


def test_scans_that_start_at_once_keep_that_bound(brand, given):
    given(PERCEPTION__MAX_OPEN_SCANS="2")

    together = Barrier(8)

    def begun(_: int) -> bool:
        together.wait(timeout=10)
        try:
            return bool(submit("claude"))
        except QuotaExceeded:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begun, range(8))) == 2


def test_sending_the_same_again_is_no_further_scan(brand, given):
    given(PERCEPTION__MAX_OPEN_SCANS="1")

    assert submit("claude", idempotency_key="once").id == submit("claude", idempotency_key="once").id


def test_a_scan_may_lower_the_bound_on_spending_and_not_raise_it(brand, given):
    given(PERCEPTION__MAX_SPEND_USD="2")

    assert submit("claude", max_spend=0.5).max_spend_nano == 500_000_000
    assert submit("claude", max_spend=50).max_spend_nano == 2_000_000_000
    assert submit("claude").max_spend_nano == 2_000_000_000
    given(PERCEPTION__MAX_SPEND_USD="0")
    assert submit("claude").max_spend_nano is None
