"""Prices as they stand on a page: which block holds one, and whether the page strikes it out.

`find_prices` reads text; this page adds what only markup says: <del>, "old-price", a line through, superscript cents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.prices import Price, find_prices, only_a_price
from pipelines.onboarding.extraction.text import fold

_STRUCK_TAGS = ("del", "s", "strike")
_OLD_PRICE = re.compile(
    r"line-through|strike|crossed|(?:^|[-_\s])(?:rrp|uvp|msrp)(?:$|[-_\s])"
    r"|(?:old|was|prev|previous|original|before|compare|anterior|tachado|ancien|alter|alt|statt)(?:[-_]{0,2}(?:at[-_]?)?)"
    r"(?:price|preis|prix|precio|prezzo|preco|prijs)|(?:price|preis|prix|precio|prezzo|preco|prijs)[-_]{0,2}"
    r"(?:old|was|prev|previous|original|before|compare|anterior|tachado|ancien|alt|statt|crossed)",
    re.IGNORECASE,
)
_CENTS_WORDS = ("cents", "decimal", "decimals", "fraction")
_CLIMB = 3
_LONGEST_LINE = 160
_NO_AMOUNT = re.compile(r"^[^\w\d]{0,3}$|^[A-Z]{3}$")


@dataclass(frozen=True, slots=True)
class Tag:
    """One price in one block. `alone`: the block is a price and small talk, nothing else."""

    block: Block
    price: Price
    alone: bool


def price_tags(blocks: Sequence[Block], country: str) -> list[Tag]:
    """Every price in these blocks, in reading order, struck ones marked `past`. Long paragraphs hold no price tags."""
    found: list[Tag] = []
    for position, block in enumerate(blocks):
        text = block.text
        if len(text) > _LONGEST_LINE or not any(map(str.isdigit, text)):
            continue
        prices = find_prices(text, country=country) or _split_over_blocks(blocks, position, country)
        if not prices:
            continue
        alone = only_a_price(text, prices)
        whole, struck = _is_struck(block.element), _struck_amounts(block.element, country)
        for price in prices:
            past = price.past or whole or price.amount in struck
            found.append(Tag(block, replace(_with_cents(price, block), past=past), alone))
    return found


def _split_over_blocks(blocks: Sequence[Block], position: int, country: str) -> list[Price]:
    """A sign in one block and the amount in the next ("€" | "29"): the quote is the amount's block."""
    before = blocks[position - 1].text if position else ""
    text = blocks[position].text
    if not before or len(before) > 3 or not _NO_AMOUNT.match(before) or len(text) > 30:
        return []
    shift = len(before) + 1
    joined = find_prices(f"{before} {text}", country=country)[:1]
    return [
        replace(one, quote=text[: one.end - shift], start=0, end=one.end - shift) for one in joined if one.start == 0
    ]


def _is_struck(element: HtmlElement | None) -> bool:
    for _ in range(_CLIMB):
        if element is None or element.tag in ("body", "main", "section"):
            return False
        if _strikes(element):
            return True
        element = element.getparent()
    return False


def _struck_amounts(element: HtmlElement, country: str) -> set[float]:
    struck = (child for child in element.iterdescendants() if _strikes(child))
    return {price.amount for child in struck for price in find_prices(fold(child.text_content()), country=country)}


def _strikes(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag in _STRUCK_TAGS:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "line-through" in style or bool(_OLD_PRICE.search(element.get("class") or ""))


def _with_cents(price: Price, block: Block) -> Price:
    """Superscript cents run into the amount when tags are dropped: 29<sup>99</sup> is 29.99, 29<sup>1</sup> a footnote."""
    digits = re.sub(r"\D", "", price.quote)
    for child in block.element.iterdescendants("sup", "span", "small"):
        words = re.split(r"[^a-z]+", (child.get("class") or "").lower())
        if child.tag != "sup" and not any(word in words for word in _CENTS_WORDS):
            continue
        small = fold(child.text_content())
        if not small.isdigit() or "." in price.quote or "," in price.quote:
            continue
        if digits.endswith(small) and len(digits) > len(small):
            whole = float(digits[: -len(small)])
            return replace(price, amount=whole + int(small) / 100 if len(small) == 2 else whole)
        if len(small) == 2 and block.text[price.end :].lstrip().startswith(small):
            return replace(price, amount=price.amount + int(small) / 100)
    return price
