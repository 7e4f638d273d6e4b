"""Proposes core values and selling points: short parallel items under a label that announces them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.cards import Card, Group
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.statements import in_voices, label_doubt, labels
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.sections import Section, label_key
from pipelines.onboarding.extraction.text import word_count

_LIMITS = {
    "coreValues": (2, 12, 6),
    "uniqueSellingPoints": (2, 10, 9),
}  # fewest items, most items, most words of an item
_LEAD = re.compile(r"^(?P<lead>[^.:–—]{2,60}?)\s*(?::|\s[–—-]\s|[–—])\s*(?P<rest>\S.*)$")
_BULLET = re.compile(r"^[^\w$€£¥]*(?:0?\d{1,2}[.):–-]+\s+|0\d\s+)?[^\w$€£¥]*(?=[\w$€£¥])|[\s.:;,!–—-]+$")
_STATED = re.compile(
    r"(?:our|the)\s+(?:core\s+)?values\s+(?:are|include|:)|unsere\s+werte\s+(?:sind|:)|nos\s+valeurs\s+(?:sont|:)|nuestros\s+valores\s+(?:son|:)"
    r"|i\s+nostri\s+valori\s+(?:sono|:)|nossos\s+valores\s+(?:são|:)|onze\s+(?:kern)?waarden\s+(?:zijn|:)",
    re.IGNORECASE,
)
_DECORATED = re.compile(r"^[\W\d_]+(?=[^\W\d])")
_ONE_OFFER = 0.35  # doubt about reasons on the page of one service: they may be reasons for that one
_COMMA_LIST = re.compile(r"\s*(?:,|;|\s(?:and|und|et|y|e|en|&)\s)\s*")


def propose(page: Page) -> Iterator[Candidate]:
    for section in page.sections:
        if section.title.region == "footer" or in_voices(section.title):
            continue
        doubt = label_doubt(section, "values")
        if doubt is not None:
            yield from _items(page, section, "coreValues", doubt, "")
        told = selling(section)
        if told is not None:
            doubt, whose = told
            if _is_about_one_offer(page):
                doubt, whose = doubt + _ONE_OFFER, "" if whose == "we" else whose
            yield from _items(page, section, "uniqueSellingPoints", doubt, whose)
    yield from _stated_values(page)


def _is_about_one_offer(page: Page) -> bool:
    parts = page_types.path_parts(page.url)
    index = not parts or parts[-1] in words.keys("pages", "types", "services")
    return page.kind == "product" or (page.kind == "services" and not index)


def selling(section: Section) -> tuple[float, str] | None:
    """(doubt, whose) of a label that announces selling points: "Why choose Acme?" -> Acme, "Why choose us" -> we.

    None for other labels. A label that asks why without saying whose ("Why now?") announces nothing.
    """
    for label in section.labels:
        bare = label_key(label)
        if bare in labels("selling"):
            return 0.0, "we" if _speaks_of_us(label) else ""
        if bare in labels("benefits"):
            return 0.4, ""
        if len(bare.split()) > 10 or bare in labels("mission"):
            continue
        for entry, doubt in (("selling", 0.1), ("why", 0.25)):
            start = next((one for one in _starts(entry) if bare.startswith(f"{one} ")), None)
            whose = _whose(label, len(start.split())) if start else ""
            if start and (whose or entry == "selling"):
                return doubt, whose
    return None


def _whose(label: str, skip: int) -> str:
    """Whom the rest of a label names: "we", a name in capitals, or "" when it goes on in small letters."""
    rest = [word.strip('?!.:,"\u201c\u201d') for word in _DECORATED.sub("", label).split()[skip:]]
    if _speaks_of_us(" ".join(rest)):
        return "we"
    if any(word[:1].islower() and len(word) > 3 for word in rest):
        rest = rest[: next(at for at, word in enumerate(rest) if word[:1].islower() and len(word) > 3)]
    named = [word for word in rest if word]
    return " ".join(named) if named and not named[0][:1].islower() else ""


def _speaks_of_us(text: str) -> bool:
    return words.pattern("identity", "we_words").search(text) is not None


@cache
def _starts(entry: str) -> tuple[str, ...]:
    return tuple(sorted(words.keys("identity", "label_starts", entry), key=len, reverse=True))


def _items(page: Page, section: Section, field: str, doubt: float, whose: str) -> Iterator[Candidate]:
    fewest, most, longest = _LIMITS[field]
    group = _best_group(page, section, longest)
    if group is None:
        return
    if any(words.pattern("identity", "contrast_openers").match(card.title) for card in group.cards):
        return  # "Typical agencies" | "With us"
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
            subject=_told_of(page, group) or whose,
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
    if sum(bool(_lead_in(page, entry[4])) for entry in fitting) > 1:  # ours against what others do
        fitting = [entry for entry in fitting if _told_of(page, entry[4])]
    return min(fitting, key=lambda entry: entry[:4])[4] if fitting else None


def _lead_in(page: Page, group: Group) -> str:
    """The line that opens a list: "What Acme delivers:", "" without one."""
    first = group.cards[0].blocks[0].index
    before = page.blocks[first - 1] if group.kind == "list" and first else None
    return before.text if before and not before.level and before.text.endswith(":") else ""


def _told_of(page: Page, group: Group) -> str:
    """Whom a list's opening line speaks of, "" when it has none or names nobody."""
    line = _lead_in(page, group).rstrip(" :")
    return subject(line, len(line), len(line)) if line else ""


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
