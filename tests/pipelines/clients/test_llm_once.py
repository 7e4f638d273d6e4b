"""One question to the model, asked once: what is sent by either wire format, and what each fault tells its asker to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.clients.llm_once import ask_once
from pipelines.clients.platforms.faults import PlatformError
from pipelines.pricing import Tokens
from store.kit.settings import settings
from tests.kit.fake_models import FakeModels
from tests.kit.fake_web import FakeWeb

SCHEMA = {"type": "object", "properties": {"verdicts": {"type": "array"}}, "required": ["verdicts"]}
KEY = "k-nobody-may-see"


@pytest.fixture
def models() -> Iterator[FakeModels]:
    with FakeWeb() as web:
        models = FakeModels(web)
        models.url = web.url
        models.reply = lambda prompt: {"verdicts": [], "said": prompt + "\0"}
        yield models


@pytest.fixture(params=["openai", "anthropic"])
def provider(request, models, monkeypatch) -> Iterator[str]:
    base = f"{models.url}/v1" if request.param == "openai" else models.url
    given = {"provider": request.param, "base_url": base, "api_key": KEY, "model": "m-1", "timeout_seconds": "0.3"}
    for name, value in given.items():
        monkeypatch.setenv(f"MILLRACE_LLM__{name.upper()}", value)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


def ask():
    return ask_once("be careful", "an answer", SCHEMA, key="cell-1", max_tokens=512)


def test_the_question_goes_out_once_and_its_usage_comes_back_by_kind(provider, models):
    whole = ask()

    assert (whole.value, whole.trouble) == ({"verdicts": [], "said": "an answer"}, None)
    assert whole.used == Tokens(input_tokens=900, output_tokens=100)
    (asked,), (headers,) = models.asked, models.headers
    assert (asked["max_tokens"], headers["idempotency-key"]) == (512, "cell-1")


@pytest.mark.parametrize(
    ("status", "body", "headers", "verdict", "code"),
    [
        (429, b'{"error": {"code": "rate_limit_exceeded"}}', {"Retry-After": "7"}, "wait", "rate_limited"),
        (401, b"{}", {}, "pause", "unauthorized"),
        (402, b"{}", {}, "pause", "billing"),
        (503, b"<html>", {}, "retry", "unavailable"),
        (404, b"{}", {}, "fail", "not_found"),
        (400, b"{}", {}, "fail", "bad_request"),
        (200, b'{"choi', {}, "lost", "bad_answer"),
        (200, b'{"hello": 1}', {}, "fail", "bad_answer"),
    ],
)
def test_a_fault_tells_what_to_do_about_it(provider, models, status, body, headers, verdict, code):
    def answers(request, number):
        request.answer(status, body, headers)
        return True

    models.trouble = answers

    with pytest.raises(PlatformError) as fault:
        ask()

    assert (fault.value.verdict, fault.value.code) == (verdict, code)
    assert (fault.value.after.total_seconds() if fault.value.after else None) == (7 if status == 429 else None)
    assert KEY not in fault.value.message
    assert len(models.asked) == 1


def test_a_call_that_takes_too_long_may_have_been_paid_for(provider, models):
    models.trouble = lambda request, number: bool(request.web.stopping.wait(0.6) or True)

    with pytest.raises(PlatformError) as fault:
        ask()

    assert (fault.value.verdict, fault.value.code) == ("lost", "timeout")


def test_what_is_no_json_was_paid_for_and_is_of_no_use(models, monkeypatch):
    monkeypatch.setenv("MILLRACE_LLM__PROVIDER", "openai")
    monkeypatch.setenv("MILLRACE_LLM__BASE_URL", f"{models.url}/v1")
    settings.cache_clear()
    try:
        models.raw = "All of them are supported, I promise."
        whole = ask()
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert (whole.value, whole.trouble, whole.used.input_tokens) == (None, "bad_answer", 900)
