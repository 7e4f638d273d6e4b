"""Onboarding with a language model configured: it points at words, a program checks them, the rules stand without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.vistralai.analyses import analyze, finished, person
from tests.kit.fake_models import FakeModels
from tests.kit.fake_web import FakeWeb
from tests.kit.stack import Stack, running_stack

SELLING_POINTS = ("Works without a signal", "Set up in a weekend")


def points_at(prompt: str) -> list[dict[str, Any]]:
    """What a model of mixed honesty answers: two things that stand there, one in other letters, one invented."""
    blocks = {int(number): text for number, text in re.findall(r"^\[B(\d+)\] (.*)$", prompt, re.MULTILINE)}
    entries = [
        {"field": "uniqueSellingPoints", "value": text, "block": number, "quote": text.upper()}
        for number, text in blocks.items()
        if text in SELLING_POINTS and "uniqueSellingPoints" in prompt
    ]
    first = min(blocks)
    return [*entries, {"field": "vision", "value": "To rule", "block": first, "quote": "To rule the seas"}]


@pytest.fixture(scope="module")
def models() -> Iterator[FakeModels]:
    with FakeWeb() as web:
        models = FakeModels(web, points_at)
        models.url = web.url
        yield models


@pytest.fixture(scope="module", params=["openai", "anthropic"])
def stack(request, services, emptier, models) -> Iterator[Stack]:
    emptier.empty()
    settings = {
        "MILLRACE_LLM__PROVIDER": request.param,
        "MILLRACE_LLM__BASE_URL": f"{models.url}/v1" if request.param == "openai" else models.url,
        "MILLRACE_LLM__API_KEY": "k-1",
        "MILLRACE_LLM__MODEL": "m-1",
    }
    with running_stack(services, settings=settings) as running:
        yield running


def test_what_a_model_points_at_is_checked_before_it_counts(stack, site, models):
    api = person(stack)

    result = finished(api, analyze(api, site.url, "brand_123"))["result"]

    assert result["llm"]["used"] is True
    assert result["llm"]["groups"] == ["identity", "facts"]
    assert (result["llm"]["repaired"], result["llm"]["dropped"]) == (2, 2)
    assert result["llm"]["tokens"] == 2000
    for source in result["evidence"].get("uniqueSellingPoints", {}).get("sources", []):
        assert source["quote"] in SELLING_POINTS  # the site's own letters, not the model's
    assert "rule the seas" not in str(result)


def test_an_answer_is_paid_for_once(stack, site, models):
    api = person(stack)
    finished(api, analyze(api, site.url, "brand_123"))
    paid = len(models.asked)

    result = finished(api, analyze(api, site.url, "brand_123"))["result"]

    assert len(models.asked) == paid
    assert (result["llm"]["used"], result["llm"]["tokens"]) == (True, 0)


def test_without_the_model_the_rules_stand_and_the_result_says_so(stack, site, models):
    models.status = 503
    api = person(stack)
    try:
        result = finished(api, analyze(api, site.url, "brand_123"))["result"]
    finally:
        models.status = 200

    assert (result["llm"]["used"], result["llm"]["reason"]) == (False, "unreachable")
    assert "503" in result["llm"]["message"]
    assert result["extractedIdentity"]["name"] == "Berthline"
