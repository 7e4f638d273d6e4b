"""What a call to a model costs by its provider's price list, in whole nano-dollars (10^-9 USD).

The one place that knows genai-prices. Its lists are those of the installed package; nothing is fetched. A model that
they do not know has no price: None, which is something else than 0.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from importlib.metadata import version as package_version
from typing import Any

from msgspec import Struct

NANO = 1_000_000_000
MOST_TOKENS = 10**12  # whatever somebody reports beyond it is no number of tokens


class Tokens(Struct, frozen=True, kw_only=True):
    """What a call used. `input_tokens` is all of the input: `cached_tokens` and `cache_write_tokens` are parts of it."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    searches: int = 0


def cost_nano(provider: str | None, model: str, tokens: Tokens, *, at: datetime | None = None) -> int | None:
    """The price of a call at the moment `at` (now without one); None when nobody here knows the model's price.

    `provider` is a name as genai-prices and OpenTelemetry use it (`anthropic`, `openai`, `google`, `perplexity`, …);
    with None it is guessed from the model's name.
    """
    known = _model_of(provider, model)
    if known is None:
        return None
    from genai_prices import Usage

    used = {
        "input_tokens": min(tokens.input_tokens, MOST_TOKENS),
        "output_tokens": min(tokens.output_tokens, MOST_TOKENS),
        "cache_read_tokens": min(tokens.cached_tokens, tokens.input_tokens, MOST_TOKENS),
        "cache_write_tokens": min(
            tokens.cache_write_tokens, max(tokens.input_tokens - tokens.cached_tokens, 0), MOST_TOKENS
        ),
        "web_searches": min(tokens.searches, MOST_TOKENS),
    }
    model_info, provider_info = known
    price = model_info.calc_price(
        Usage(**{name: number for name, number in used.items() if number}),
        provider_info,
        genai_request_timestamp=at,
    )
    return int((Decimal(price.total_price) * NANO).to_integral_value(ROUND_HALF_EVEN))


def price_list() -> str:
    """Which price list the costs are by, to be kept with them."""
    return f"genai-prices {package_version('genai-prices')}"


@lru_cache(maxsize=2048)
def _model_of(provider: str | None, model: str) -> tuple[Any, Any] | None:
    """(model, provider) of the list, or None; the look-up tries many patterns, so it is remembered.

    Not by the package's own look-up: that remembers every name it was ever asked for, and names come from customers.
    """
    from genai_prices import data_snapshot

    lists = data_snapshot.get_snapshot().providers
    if provider:
        places = [data_snapshot.find_provider_by_id(lists, provider)]
    else:
        places = [one for one in lists if one.model_match is not None and one.model_match.is_match(model.lower())]
    for place in places:
        found = place.find_model(model, all_providers=lists) if place is not None else None
        if found is not None:
            return found, place
    return None
