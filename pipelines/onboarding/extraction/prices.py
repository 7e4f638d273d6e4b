"""Reads prices out of text: cuts (currency)(amount) or (amount)(currency) first, then parses the cut alone.

A parser that is given a whole sentence takes its first number ("2 pairs from $349" is 2). What surrounds the cut says
the rest: billing period, lower bound, no longer asked, or no price at all (a discount, a grant, a threshold).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlsplit

from price_parser.parser import parse_number

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.text import key

# 1.299,00 · 1,299.00 · 1'299.50 · 1 299 (no-break) · 24.9; Swiss and Dutch "25.-" and "25,–" end in a dash.
_NUMBER = r"\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,6})?"
_SPACED = r"\d{1,3}(?: \d{3})+(?:[.,]\d{2})?"
_DASH = r"(?:[.,][-\u2013\u2014]{1,2}(?!\w))?"
_SCALE = r"(?:\s?(?P<{0}>k|K|M|[Mm]io\.?|[Mm]illion(?:en|s)?|tsd\.?|Tsd\.?|bn|billion)(?![\w]))?"
_SCALES = {"k": 1_000, "tsd": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "millionen": 1_000_000,
           "millions": 1_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000}  # fmt: skip
_RANGE_DASH = r"\s?[-\u2013\u2014]\s?"
_RANGE_GAP = re.compile(r"\s*(?:[-\u2013\u2014]|to|bis|\u00e0|a|al|tot|at\u00e9|and|und)\s*", re.IGNORECASE)
_GROUPING = re.compile(r"['\u2019\s]")
_TALKATIVE = 4  # words; so many small ones make up for one strange one
_WIDEST_RANGE = 10
_BEFORE, _AFTER = 28, 40
_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """`quote` is text[start:end]. `period` is monthly, yearly, one-time … or None when the text does not say.

    `lower_bound`: "from"; `past`: struck out or called old; `other`: an amount of money that is not what a thing costs.
    """

    amount: float
    currency: str
    quote: str
    start: int
    end: int
    period: str | None = None
    lower_bound: bool = False
    past: bool = False
    other: bool = False

    @property
    def asked(self) -> bool:
        """Whether this is what one has to pay now."""
        return not self.past and not self.other


def find_prices(text: str, *, country: str = "") -> list[Price]:
    """Every price in the text, in order. `country`: the site's top-level domain, for signs that countries share."""
    if not any(map(str.isdigit, text)):
        return []
    cuts = list(_cutter().finditer(text))
    found: list[Price] = []
    for position, cut in enumerate(cuts):
        stop = cuts[position + 1].start() if position + 1 < len(cuts) else len(text)
        price = _price(text, cut, stop, country)
        if price is None:
            continue
        last = found[-1] if found else None
        if last and _is_range(text, last, price):
            found[-1] = replace(last, lower_bound=True, period=last.period or price.period)
            continue
        found.append(price)
    return found


def country_of(url: str) -> str:
    """The top-level domain of a URL, lower case; "" for an address."""
    label = (urlsplit(url).hostname or "").rsplit(".", 1)[-1]
    return label if label.isalpha() else ""


def is_free(text: str) -> bool:
    """Whether a label says that nothing is asked: "Free", "kostenlos"."""
    return key(text) in words.keys("prices", "free") if len(text) < 25 else False


def is_on_request(text: str) -> bool:
    """Whether a label says that the price is told on request; there is no amount then."""
    return key(text) in words.keys("prices", "on_request") if len(text) < 40 else False


def only_a_price(text: str, prices: list[Price]) -> bool:
    """Whether a line holds its prices and small talk around them ("from $20 per month"), nothing else of weight."""
    rest = list(text)
    for price in prices:
        rest[price.start : price.end] = " " * (price.end - price.start)
    told = [word for word in key("".join(rest)).split() if not word.isdigit()]
    strange = sum(word not in _small_talk() for word in told)
    return strange == 0 or (strange == 1 and len(told) >= _TALKATIVE)


def period_in(text: str) -> str | None:
    """The first billing period that a text names, or None."""
    found = _periods().search(text)
    if found is None:
        return None
    return (
        str(next(name for name, value in found.groupdict().items() if value))
        .rsplit("_", 1)[0]
        .replace("one_time", "one-time")
    )


def _is_range(text: str, low: Price, high: Price) -> bool:
    """ "$20 – $40": one price with a lower bound."""
    joined = low.currency == high.currency and _RANGE_GAP.fullmatch(text[low.end : high.start]) is not None
    return joined and low.amount < high.amount <= _WIDEST_RANGE * low.amount


def _price(text: str, cut: re.Match[str], stop: int, country: str) -> Price | None:
    part = cut.groupdict()
    sign = part["sign"] or part["code"] or part["tail"]
    number = part["number"] or part["amount"]
    low = part["low"]
    amount = _amount(number, part["scale"] or part["scale2"])
    if amount is None or amount > _LARGEST:
        return None
    least = _amount(low, None) if low else None
    ranged = least is not None and 0 < least < amount <= _WIDEST_RANGE * least
    start = cut.start() if not low or ranged else cut.start("amount")
    before, after = text[max(0, start - _BEFORE) : start], text[cut.end() : min(stop, cut.end() + _AFTER)]
    return Price(
        amount=least if ranged and least is not None else amount,
        currency=_currency(sign, country),
        quote=text[start : cut.end()],
        start=start,
        end=cut.end(),
        period=period_in(after),
        lower_bound=ranged or bool(_ends("from").search(before)),
        past=bool(_ends("formerly").search(before)),
        other=_is_other(before, after, text, start),
    )


def _is_other(before: str, after: str, text: str, start: int) -> bool:
    clause = re.split(r"[.!?;](?:\s|$)", before)[-1]
    if _ends("not_a_price_before").search(clause) or _starts("not_a_price_after").match(after):
        return True
    return start > 0 and text[start - 1] in "+-\u2212\u2013" and (start < 2 or not text[start - 2].strip())


def _amount(number: str, scale: str | None) -> float | None:
    value = parse_number(_GROUPING.sub("", number))
    if value is None:
        return None
    return float(value) * (_SCALES[scale.lower().rstrip(".")] if scale else 1)


def _currency(sign: str, country: str) -> str:
    shared = words.topic("prices")["shared_signs"].get(sign, {})
    return shared.get(country) or _signs()[sign.casefold()]


@cache
def _signs() -> dict[str, str]:
    table = words.topic("prices")["currencies"]
    return {sign.casefold(): code for code, signs in table.items() for sign in signs}


@cache
def _cutter() -> re.Pattern[str]:
    """Symbols and codes may open or close an amount, words ("Euro", "zł") only close it. Codes are upper case."""
    every = sorted(
        {sign for signs in words.topic("prices")["currencies"].values() for sign in signs}, key=len, reverse=True
    )
    symbols = [sign for sign in every if not sign[-1].isalpha() and not sign.endswith(".")]
    codes = [sign for sign in every if sign.isascii() and sign.isupper() and sign.isalpha() and len(sign) > 1]
    spelled = [sign for sign in every if sign not in symbols and sign not in codes]
    dotted = [sign for sign in spelled if sign.endswith(".")]
    sign = "|".join(map(re.escape, symbols))
    code = "|".join([*map(re.escape, codes), *(re.escape(one) for one in dotted), "Rs", "RM", "kr"])
    tail = "|".join([*map(re.escape, [*spelled, *codes])])
    number = rf"(?P<number>{_NUMBER}){_DASH}{_SCALE.format('scale')}"
    amount = rf"(?P<amount>{_SPACED}|{_NUMBER}){_DASH}{_SCALE.format('scale2')}"
    opened = rf"(?:(?P<sign>(?<![A-Za-z])(?:{sign})|(?:{sign}))|(?<![\w])(?P<code>{code}))\s?{number}"
    closed = rf"(?<![\w.,/])(?:(?P<low>{_NUMBER}){_RANGE_DASH})?{amount}\s?(?P<tail>(?:{sign})(?!\d)(?!\s\d[\d.,]*+(?!\s?(?:{sign})))|(?i:{tail})(?![\w]))"
    return re.compile(rf"(?:{opened}|{closed})(?!\d|[.,]\d)")


def _either(*path: str) -> str:
    """The phrases of an entry as one group to build larger patterns from."""
    return f"(?:{words.any_of(words.phrases('prices', *path)).pattern})"


@cache
def _ends(entry: str) -> re.Pattern[str]:
    """One of the entry's phrases at the end of a text, before the price."""
    body = _either(entry)
    return re.compile(
        rf"{body}[\s:]*(?:(?:nur|only|just|mere|noch|einen?|an?|the|of|von|de|di|van)\s+)?[(\s]*$", re.IGNORECASE
    )


@cache
def _starts(entry: str) -> re.Pattern[str]:
    body = _either(entry)
    return re.compile(rf"\s*{body}", re.IGNORECASE)


@cache
def _periods() -> re.Pattern[str]:
    """ "/month", "per user per month", "pro Monat", "monthly": a noun after a slash or a `per` word, or an adverb."""
    table = words.topic("prices")
    per = _either("per")
    seat = _either("seats")
    parts = []
    for name in table["units"]:
        noun = _either("units", name)
        group = name.replace("-", "_")
        parts.append(rf"(?P<{group}_noun>(?:/\s?|{per}\s*)(?:{seat}\s*(?:/\s?|{per}\s*|,\s*))?{noun})")
    parts.extend(rf"(?P<{name.replace('-', '_')}_adverb>{_either('adverbs', name)})" for name in table["adverbs"])
    return re.compile("|".join(parts), re.IGNORECASE)


@cache
def _small_talk() -> frozenset[str]:
    """Single words, from the phrase lists too."""
    lists = ("small_talk", "per", "seats", "from", "formerly")
    found = {word for entry in lists for phrase in words.keys("prices", entry) for word in phrase.split()}
    for kind in ("units", "adverbs"):
        for name in words.topic("prices")[kind]:
            found.update(word for phrase in words.keys("prices", kind, name) for word in phrase.split())
    return frozenset(found | {name for sign in _signs() if (name := key(sign))})
