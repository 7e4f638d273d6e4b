"""What a call to a model costs by its provider's price list, in whole nano-dollars (10^-9 USD).

The one place that knows genai-prices. Its lists are those of the installed package; nothing is fetched. A model that
they do not know has no price: None, which is something else than 0. Most models have one price a token: it is looked
up once and multiplied here, in a microsecond rather than 25. The lists (30 MB) are loaded at the first question.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import version as package_version
from typing import Any

from msgspec import Struct

NANO = 1_000_000_000
PICO_A_TOKEN = 1_000_000  # a dollar for a million tokens is so many pico-dollars a token
REMEMBERED = 4096  # models that were asked for, known or not
EXCLUDES_CACHED = frozenset({"anthropic"})
"""Providers whose own count of input tokens leaves out those that came from the cache; everywhere else they are in it."""
MOST_TOKENS = 10**12  # whatever somebody reports beyond it is no number of tokens


class Tokens(Struct, frozen=True, kw_only=True):
    """What a call used. `input_tokens` is all of the input: `cached_tokens` and `cache_write_tokens` are parts of it."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    searches: int = 0


class Rates(Struct, frozen=True):
    """Pico-dollars a token."""

    input: int
    output: int
    cached: int

    def cost_nano(self, tokens: Tokens) -> int:
        """The price of a call without writes to the cache and searches."""
        whole = min(tokens.input_tokens, MOST_TOKENS)
        cached = min(tokens.cached_tokens, whole)
        pico = (whole - cached) * self.input + cached * self.cached
        pico += min(tokens.output_tokens, MOST_TOKENS) * self.output
        nano, rest = divmod(pico, 1000)
        return nano + (rest > 500 or (rest == 500 and nano % 2))


class Listed(Struct, frozen=True):
    """A model of the lists; without `rates` its price has tiers, or changes with time, and the library is asked."""

    model: Any
    provider: Any
    rates: Rates | None


def cost_nano(provider: str | None, model: str, tokens: Tokens, *, at: datetime | None = None) -> int | None:
    """The price of a call at the moment `at` (now without one); None when nobody here knows the model's price.

    `provider` is a name as genai-prices and OpenTelemetry use it (`anthropic`, `openai`, `google`, `perplexity`, …);
    with None it is guessed from the model's name.
    """
    known = _model_of(provider, model)
    if known is None:
        return None
    if known.rates is not None and not tokens.cache_write_tokens and not tokens.searches:
        return known.rates.cost_nano(tokens)
    return _ask(known, tokens, at)


def excludes_cached(provider: str | None, model: str) -> bool:
    """Whether the model's provider counts cached tokens beside its input tokens rather than among them."""
    known = _model_of(provider, model)
    return known is not None and known.provider.id in EXCLUDES_CACHED


def is_remembered(provider: str | None, model: str) -> bool:
    """Whether a question about this model is answered at once; the first one takes about a millisecond."""
    return _key(provider, model) in _asked


def price_list() -> str:
    """Which price list the costs are by, to be kept with them."""
    return f"genai-prices {package_version('genai-prices')}"


_asked: dict[tuple[str, str], Listed | None] = {}


def _model_of(provider: str | None, model: str) -> Listed | None:
    """The model in the lists, or None; the look-up tries many patterns, so it is remembered.

    Not by the package's own look-up: that remembers every name it was ever asked for, and names come from customers.
    """
    key = _key(provider, model)
    if key in _asked:
        return _asked[key]
    found = _look_up(*key)
    if len(_asked) >= REMEMBERED:
        _asked.pop(next(iter(_asked)), None)
    _asked[key] = found
    return found


def _key(provider: str | None, model: str) -> tuple[str, str]:
    return (provider or "").strip().lower(), model.strip().lower()


def _look_up(provider: str, model: str) -> Listed | None:
    from genai_prices import data_snapshot

    lists = data_snapshot.get_snapshot().providers
    if provider:
        places = [data_snapshot.find_provider_by_id(lists, provider)]
    else:
        places = [one for one in lists if one.model_match is not None and one.model_match.is_match(model)]
    for place in places:
        found = place.find_model(model, all_providers=lists) if place is not None else None
        if found is not None:
            return Listed(found, place, _rates(found.prices))
    return None


def _rates(prices: Any) -> Rates | None:
    """The rates, if all that text costs is a price a token that is the same at all times and for any number."""
    if isinstance(prices, list) or prices.input_mtok is None or prices.requests_kcount is not None:
        return None
    cached = prices.input_mtok if prices.cache_read_mtok is None else prices.cache_read_mtok
    pico: list[int] = []
    for price in (prices.input_mtok, prices.output_mtok or Decimal(0), cached):
        if not isinstance(price, Decimal) or (scaled := price * PICO_A_TOKEN) != scaled.to_integral_value():
            return None
        pico.append(int(scaled))
    return Rates(*pico)


def _ask(known: Listed, tokens: Tokens, at: datetime | None) -> int:
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
    price = known.model.calc_price(
        Usage(**{name: number for name, number in used.items() if number}), known.provider, genai_request_timestamp=at
    )
    return int((Decimal(price.total_price) * NANO).to_integral_value(ROUND_HALF_EVEN))
