"""What a call to a platform is thought to cost, and what it did. Worker side."""

from __future__ import annotations

from typing import Literal

from pipelines.clients.platforms.asking import Platform
from pipelines.pricing import NANO, Tokens, cost_nano
from pipelines.replies import Reply
from store.kit.settings import settings

MODELS: dict[str, str] = {"anthropic": "anthropic", "openai": ""}
"""Providers of llm.provider as price lists know them; "" goes by the model's name, and what runs on Ollama has no price."""
Source = Literal["reported", "computed", "unpriced"]


def estimate_nano(platform: Platform) -> int | None:
    """What the next call may cost, in nano-dollars; None when nobody knows its price."""
    expected = platform.expected()
    if platform.name == "google_aio":
        usd = settings().platforms.google_aio.usd_per_search
        return round(usd * expected.searches * NANO) if usd else None
    if platform.price_provider is None:
        return None
    return cost_nano(platform.price_provider or None, platform.model, expected)


def paid(platform: Platform, reply: Reply, model: str) -> tuple[int | None, Source]:
    """(nano-dollars, how they are known): what the platform says it billed, else by its provider's price list."""
    if reply.usage.cost_nano is not None:
        return reply.usage.cost_nano, "reported"
    if platform.price_provider is None:
        return None, "unpriced"
    used = Tokens(
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        cached_tokens=reply.usage.cached_tokens,
        searches=reply.usage.searches,
    )
    for name in dict.fromkeys((model, platform.model)):
        cost = cost_nano(platform.price_provider or None, name, used)
        if cost is not None:
            return cost, "computed"
    return None, "unpriced"


def of_model(used: Tokens) -> int | None:
    """What a call to the model of llm.* costs by the price lists, in nano-dollars; None when nobody knows."""
    wanted = settings().llm
    if wanted.provider not in MODELS:
        return None
    return cost_nano(MODELS[wanted.provider] or None, wanted.model, used)
