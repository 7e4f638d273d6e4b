"""Proposes core values and selling points: short parallel items under a label that announces them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.cards import Card, Group
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.statements import in_voices, label_doubt, labels
from pipelines.onboarding.extraction.sections import Section, label_key
from pipelines.onboarding.extraction.text import word_count

_LIMITS = {
    "coreValues": (2, 12, 6),
    "uniqueSellingPoints": (2, 10, 9),
}  # fewest items, most items, most words of an item
_LEAD = re.compile(r"^(?P<lead>[^.:–—]{2,60}?)\s*(?::|\s[–—-]\s|[–—])\s*(?P<rest>\S.*)$")
_BULLET = re.compile(r"^\W*(?:0?\d{1,2}[.):–-]+\s*|0\d\s+)?\W*(?=\w)|[\s.:;,!–—-]+$")
_STATED = re.compile(
    r"(?:our|the)\s+(?:core\s+)?values\s+(?:are|include|:)|unsere\s+werte\s+(?:sind|:)|nos\s+valeurs\s+(?:sont|:)|nuestros\s+valores\s+(?:son|:)"
    r"|i\s+nostri\s+valori\s+(?:sono|:)|nossos\s+valores\s+(?:são|:)|onze\s+(?:kern)?waarden\s+(?:zijn|:)",
    re.IGNORECASE,
)
_COMMA_LIST = re.compile(r"\s*(?:,|;|\s(?:and|und|et|y|e|en|&)\s)\s*")


def propose(page: Page) -> Iterator[Candidate]:
    for section in page.sections:
        if section.title.region == "footer" or in_voices(section.title):
            continue
        doubt = label_doubt(section, "values")
        if doubt is not None:
            yield from _items(page, section, "coreValues", doubt)
        doubt = selling_doubt(section)
        if doubt is not None:
            yield from _items(page, section, "uniqueSellingPoints", doubt)
    yield from _stated_values(page)


def selling_doubt(section: Section) -> float | None:
    for label in section.labels:
        bare = label_key(label)
        if bare in labels("selling"):
            return 0.0
        if bare in labels("benefits"):
            return 0.4
        if len(bare.split()) <= 10 and bare.startswith(_selling_starts()):
            return 0.1
    return None


@cache
def _selling_starts() -> tuple[str, ...]:
    return tuple(f"{start} " for start in words.keys("identity", "label_starts", "selling"))


def _items(page: Page, section: Section, field: str, doubt: float) -> Iterator[Candidate]:
    fewest, most, longest = _LIMITS[field]
    group = _best_group(page, section, longest)
    if group is None:
        return
    titles = [(card, _label_of(card, longest)) for card in group.cards]
    good = [(card, title) for card, title in titles if title]
    if not fewest <= len(good) <= most or len(good) < 0.6 * len(titles):
        return
    sparse = 0.3 if len(good) < 3 else 0.0
    for card, title in good:
        block = next(block for block in card.blocks if title in block.text)
        yield page.from_block(
            field,
            title,
            block,
            f"{field}.{group.kind}",
            quote=title,
            label=section.labels[0],
            hedge=min(1.0, doubt + sparse),
        )


def _best_group(page: Page, section: Section, longest: int) -> Group | None:
    """The group inside the section whose items read most like labels; its outermost one where several do."""
    inside = {id(block) for block in section.body}
    fitting = []
    for group in page.groups:
        blocks = [card.blocks[0] for card in group.cards]
        if all(id(block) in inside for block in blocks):
            named = sum(bool(_label_of(card, longest)) for card in group.cards)
            depth = len(group.headings)
            fitting.append((-(named / len(group.cards) >= 0.6), depth, _KINDS.index(group.kind), -named, group))
    return min(fitting, key=lambda entry: entry[:4])[4] if fitting else None


_KINDS = ("headings", "lead", "siblings", "list")


def _label_of(card: Card, longest: int) -> str:
    """The short name of an item, a verbatim span: its title, its bold lead, or what stands before a dash or colon."""
    text = card.title
    if word_count(text) > longest:
        match = _LEAD.match(text)
        text = match["lead"] if match else ""
    elif card.blocks[0].text == text:
        match = _LEAD.match(text)
        text = match["lead"] if match and word_count(text) > 4 else text
    text = _BULLET.sub("", text)
    return text if 1 <= word_count(text) <= longest and text.lower() not in _NOISE and not text.isdigit() else ""


_NOISE = {
    "read more",
    "learn more",
    "mehr erfahren",
    "en savoir plus",
    "contact us",
    "get started",
    "more",
    "shop now",
    "click here",
}


def _stated_values(page: Page) -> Iterator[Candidate]:
    """ "Our values are honesty, care and craft." """
    for block in page.blocks:
        match = _STATED.search(block.text) if block.region != "nav" else None
        if not match:
            continue
        rest = re.split(r"[.!?]", block.text[match.end() :], maxsplit=1)[0].strip(" :")
        parts = [part.strip() for part in _COMMA_LIST.split(rest) if part.strip()]
        if 2 <= len(parts) <= 10 and all(word_count(part) <= 3 for part in parts):
            for part in parts:
                yield page.from_block(
                    "coreValues", part, block, "coreValues.stated", quote=part, hedge=0.5 if in_voices(block) else 0.0
                )
