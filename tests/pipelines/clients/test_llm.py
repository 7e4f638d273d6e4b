"""The model client against servers that speak the two wire formats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.clients.llm import LlmClient, LlmError
from store.kit.settings import settings
from tests.kit.fake_models import FakeModels
from tests.kit.fake_web import FakeWeb

SCHEMA = {"type": "object", "properties": {"entries": {"type": "array"}}, "required": ["entries"]}
ENTRY = {"field": "name", "value": "Acme", "block": 1, "quote": "Acme"}


@pytest.fixture
def models() -> Iterator[FakeModels]:
    with FakeWeb() as web:
        models = FakeModels(web, lambda prompt: [ENTRY])
        models.url = web.url
        yield models


@pytest.fixture
def configured(models, monkeypatch):
    """Points the settings at the fake server for one test."""

    def configure(provider: str, **more: object) -> None:
        base = f"{models.url}/v1" if provider == "openai" else models.url
        given = {"provider": provider, "base_url": base, "api_key": "k-1", "model": "m-1", **more}
        for name, value in given.items():
            monkeypatch.setenv(f"MILLRACE_LLM__{name.upper()}", str(value))
        settings.cache_clear()

    yield configure
    monkeypatch.undo()
    settings.cache_clear()


def test_an_openai_compatible_server_is_asked_by_strict_schema(models, configured):
    configured("openai")
    client = LlmClient()

    answer = client.complete("be careful", "blocks", SCHEMA)

    assert answer == {"entries": [ENTRY]}
    (asked,) = models.asked
    assert asked["model"] == "m-1"
    assert asked["messages"][0] == {"role": "system", "content": "be careful"}
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert models.headers[0]["authorization"] == "Bearer k-1"
    assert client.tokens_used == 1000


def test_anthropic_is_asked_with_one_forced_tool(models, configured):
    configured("anthropic")
    client = LlmClient()

    assert client.complete("be careful", "blocks", SCHEMA) == {"entries": [ENTRY]}
    (asked,) = models.asked
    assert asked["system"] == "be careful"
    assert asked["tools"][0]["input_schema"] == SCHEMA
    assert models.headers[0]["x-api-key"] == "k-1"
    assert models.headers[0]["anthropic-version"]
    assert client.tokens_used == 1000


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize(
    ("status", "code", "calls"),
    [(401, "unauthorized", 1), (403, "unauthorized", 1), (429, "rate_limited", 1), (400, "unreachable", 1),
     (500, "unreachable", 2), (529, "unreachable", 2)],
)  # fmt: skip
def test_a_refusal_is_told_by_its_code_and_a_hiccup_is_tried_twice(models, configured, provider, status, code, calls):
    configured(provider)
    models.status = status

    with pytest.raises(LlmError) as refused:
        LlmClient().complete("s", "p", SCHEMA)

    assert refused.value.code == code
    assert "k-1" not in refused.value.message
    assert len(models.asked) == calls


def test_a_server_that_is_away_is_unreachable(configured):
    configured("openai", base_url="http://127.0.0.1:9/v1")

    with pytest.raises(LlmError) as refused:
        LlmClient().complete("s", "p", SCHEMA)

    assert refused.value.code == "unreachable"


def test_an_answer_that_is_no_json_is_a_bad_answer(models, configured):
    configured("openai")
    models.raw = "Sure! Here you are"

    with pytest.raises(LlmError) as refused:
        LlmClient().complete("s", "p", SCHEMA)

    assert refused.value.code == "bad_answer"


def test_a_call_that_the_budget_cannot_hold_is_not_made(models, configured):
    configured("openai", job_token_budget=9000)
    models.tokens = 5000
    client = LlmClient()
    client.complete("s", "p", SCHEMA)

    with pytest.raises(LlmError) as refused:
        client.complete("s", "p", SCHEMA)

    assert refused.value.code == "budget_spent"
    assert len(models.asked) == 1
