"""Tells names from badges, buttons and headings that announce something else. Words are in `words/offers.yaml`."""

from __future__ import annotations

import re
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.prices import find_prices, is_free, is_on_request, only_a_price
from pipelines.onboarding.extraction.text import fold, key

_MAX_NAME_WORDS = 9
_MAX_NAME_LENGTH = 90
_TRADEMARKS = re.compile(r"[\u2122\u00ae\u00a9\u2120]|\((?:tm|r|c)\)", re.IGNORECASE)
_PICTURES = re.compile(r"^[^\w(\"'\u201c\u00bf\u00a1$\u20ac\u00a3]+|[^\w)\"'\u201d!?.%+\u2122\u00ae]+$")
_DATED = re.compile(r"\b(?:19|20)\d\d\b")
_COUNTED = re.compile(r"(?:row|line|item|no|nr|zeile|ligne|fila|riga|linha|rij|step|table|figure|page)\s\d+")
_OFFER_KINDS = ("goods", "services", "projects")
_MAX_HEADING_WORDS = 8
_COMPOUND_TAIL = 6


def bare_name(text: str) -> str:
    """A name without pictures and dashes at its ends and without trademark signs: "🐶 Bed™ –" -> "Bed"."""
    return fold(_PICTURES.sub("", _TRADEMARKS.sub("", fold(text))))


def is_name(text: str) -> bool:
    """Whether a short text can be what a thing is called: a few words with letters, no question, no price, no button."""
    bare = bare_name(text)
    if not bare or len(bare) > _MAX_NAME_LENGTH or text.rstrip()[-1] in "?:" or bare[-1] in ".!;,":
        return False
    told = key(bare)
    count = len(told.split())
    if not count or count > _MAX_NAME_WORDS or not any(map(str.isalpha, told)) or len(told) < 2:
        return False
    return not is_label(text)


def is_label(text: str) -> bool:
    """A badge, a button or a price: short, and nothing but such words."""
    told = key(text)
    if told in words.keys("offers", "labels") or is_on_request(text) or _COUNTED.fullmatch(told):
        return True
    prices = find_prices(text)
    if prices and only_a_price(text, prices):
        return True
    parts = told.split()
    return len(parts) <= 4 and all(part in _label_words() or part.isdigit() for part in parts) and not is_free(text)


def is_card_name(text: str) -> bool:
    """`is_name`, and neither a sentence to the reader, nor dated, nor with a price in it: posts and sections are."""
    told = key(text).split()
    spoken = any(word in words.keys("offers", "sentence_words") for word in told)
    opens = told[0] if told else ""
    spoken = spoken or opens in words.keys("audience", "for_word") or opens in words.keys("offers", "calls")
    return is_name(text) and not spoken and not _DATED.search(text) and not find_prices(text)


def is_sellable(name: str) -> bool:
    """Whether money beside this name can be its price: not a grant, a benefit or a total, not "per person", no sum."""
    told = key(name).split()
    if told and told[0] in words.keys("prices", "unit_openers"):
        return False
    return (
        not any(word in words.keys("offers", "not_sold") or word.endswith(_not_sold_tails()) for word in told)
        and "\u00a7" not in name
        and not find_prices(name)
    )


def offer_kind(heading: str | None) -> str | None:
    """What a heading announces: goods, services or projects; None when nothing, or something that is no offer."""
    if not heading:
        return None
    told = key(heading)
    if not told or len(told.split()) > _MAX_HEADING_WORDS or (heading.rstrip().endswith("?") and len(told.split()) > 5):
        return None
    for kind in _OFFER_KINDS:
        if _phrases(kind).search(told):
            return None if _denied(told, kind) else kind
    return None


def announces_other(heading: str | None) -> bool:
    """Whether a heading announces things that are no offers: steps, reasons, people, posts, questions …"""
    return bool(heading) and _not_offers().search(key(heading or "")) is not None


def sells(texts: list[str]) -> bool:
    """Whether one of these short texts is a button that sells."""
    return any(key(text) in words.keys("offers", "buy") for text in texts if len(text) < 40)


def _denied(told: str, kind: str) -> bool:
    """ "Why our services", "Recent projects", "Product features": the offer's word is there, the cards are not offers."""
    rest = _phrases(kind).sub(" ", told)
    return _not_offers().search(rest) is not None


@cache
def _phrases(kind: str) -> words.Phrases:
    return words.any_of(words.keys("offers", kind))


@cache
def _not_offers() -> words.Phrases:
    return words.any_of(words.keys("offers", "not_offers"))


@cache
def _not_sold_tails() -> tuple[str, ...]:
    """Words long enough to be known at the end of a compound: "Standardversand"."""
    return tuple(word for word in words.keys("offers", "not_sold") if len(word) >= _COMPOUND_TAIL and " " not in word)


@cache
def _label_words() -> frozenset[str]:
    single = frozenset(phrase for phrase in words.keys("offers", "labels") if " " not in phrase)
    return single | words.keys("offers", "articles")
