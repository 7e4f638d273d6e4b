"""Prices of calls: known models by their list, unknown ones not at all, parts never counted twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines import pricing
from pipelines.pricing import Tokens, cost_nano, price_list

COUNT = some.integers(0, 10**7)


@pytest.mark.parametrize(
    ("provider", "model", "tokens", "nano"),
    [  # dollars for a million tokens, and for a thousand searches, as the vendors list them
        ("anthropic", "claude-sonnet-5-5", Tokens(input_tokens=1000, output_tokens=500), 7_000_000),  # 2 and 10
        ("anthropic", "claude-sonnet-5-5", Tokens(searches=3), 30_000_000),  # 10
        ("anthropic", "claude-sonnet-5-5", Tokens(input_tokens=1000, cached_tokens=1000), 100_000),  # 0.1
        ("openai", "gpt-5.2", Tokens(input_tokens=1_000_000), 1_750_000_000),
        (None, "gpt-5.2-2025-12-11", Tokens(input_tokens=1_000_000), 1_750_000_000),
        ("openai", "gpt-5.2", Tokens(), 0),
    ],
)
def test_a_call_costs_what_its_provider_lists(provider, model, tokens, nano):
    assert cost_nano(provider, model, tokens) == nano


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "gpt-900"), ("ollama", "llama3.2"), (None, "nobody/knows-it"), ("google", ""), ("", "")],
)
def test_a_model_without_a_list_has_no_price(provider, model):
    assert cost_nano(provider, model, Tokens(input_tokens=10, output_tokens=10)) is None


def test_a_price_is_that_of_its_day():
    used = Tokens(output_tokens=1_000_000)
    old, new = (
        cost_nano("google", "gemini-3.8-flash", used, at=datetime(year, 6, 1, tzinfo=UTC)) for year in (2026, 2027)
    )

    assert (old, new) == (3_750_000_000, 7_500_000_000)


def test_the_list_says_which_one_it_is():
    assert price_list().startswith("genai-prices ")


@given(COUNT, COUNT, COUNT, COUNT)
def test_cached_tokens_are_a_part_of_the_input_and_never_dearer(whole, cached, output, searches):
    plain = cost_nano("openai", "gpt-5.2", Tokens(input_tokens=whole, output_tokens=output, searches=searches))
    saved = cost_nano(
        "openai",
        "gpt-5.2",
        Tokens(input_tokens=whole, output_tokens=output, cached_tokens=cached, searches=searches),
    )

    assert plain is not None
    assert 0 <= saved <= plain
    assert plain == whole * 1750 + output * 14000 + searches * 10_000_000


def every_model() -> list[pricing.Listed]:
    from genai_prices.data_snapshot import get_snapshot

    return [
        pricing.Listed(model, provider, pricing._rates(model.prices))
        for provider in get_snapshot().providers
        for model in provider.models
    ]


PLAIN = [one for one in every_model() if one.rates is not None]


@settings(max_examples=300)
@given(some.sampled_from(PLAIN), some.integers(0, 300_000), some.integers(0, 300_000), some.integers(0, 300_000))
def test_the_plain_way_says_what_the_library_says(listed, fresh, cached, output):
    used = Tokens(input_tokens=fresh + cached, cached_tokens=cached, output_tokens=output)

    assert listed.rates.cost_nano(used) == pricing._ask(listed, used, None)


def test_most_models_have_a_plain_price_and_none_breaks_the_sum():
    assert len(PLAIN) > 1500
    for one in every_model():
        assert pricing._ask(one, Tokens(input_tokens=1_000_000, output_tokens=1000, cached_tokens=10), None) >= 0


@pytest.mark.parametrize(("provider", "model"), [("OpenAI", "GPT-4"), (" openai ", "gpt-4"), (None, "gpt-4")])
def test_names_are_found_however_they_are_spelled(provider, model):
    assert cost_nano(provider, model, Tokens(input_tokens=50)) == 1_500_000


def test_only_anthropic_counts_cached_tokens_beside_the_input():
    assert pricing.excludes_cached("anthropic", "claude-sonnet-4-5")
    assert not pricing.excludes_cached("openai", "gpt-4o")
    assert not pricing.excludes_cached("openai", "no-such-model")


def test_made_up_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(pricing, "REMEMBERED", 20)
    monkeypatch.setattr(pricing, "_asked", {})
    for number in range(50):
        cost_nano(f"nobody-{number}", "x", Tokens())

    assert len(pricing._asked) == 20
    assert pricing.is_remembered("NOBODY-49", "x")
    assert not pricing.is_remembered("nobody-0", "x")
