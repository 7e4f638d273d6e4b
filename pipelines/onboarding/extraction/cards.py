"""Finds what repeats: rows of cards, list items, headings of one kind with a text each.

A group is three or more (two where asked for) parallel things under one heading. Rules read values, selling points,
products, prices and audiences from groups instead of from tags, because every theme builds its cards differently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.text import word_count

_MAX_TITLE_WORDS = 12
_LETTERS = re.compile(r"[^\W\d_]{2}")  # pictures and numbers open a card, they do not name it
_NAME_WORDS = {"name", "title", "heading", "headline"}
_BADGE_WORDS = {
    "tag",
    "badge",
    "num",
    "number",
    "label",
    "eyebrow",
    "kicker",
    "icon",
    "ico",
    "step",
    "category",
    "meta",
}


@dataclass(slots=True, frozen=True)
class Card:
    """`title` is a verbatim short text that opens the card; `blocks` all of it in reading order, title included."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def body(self) -> str:
        """The first text after the title, "" when the card is a bare label."""
        rest = [block for block in self.blocks if block.text != self.title]
        if rest:
            return rest[0].text
        text = self.blocks[0].text
        return text[len(self.title) :].lstrip(" :–—-.") if text.startswith(self.title) else ""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        return tuple(link for block in self.blocks for link in block.links)


@dataclass(slots=True, frozen=True)
class Group:
    """`heading` is the text above the cards, `headings` the path to it; `kind`: headings, list, lead or siblings."""

    kind: str
    heading: str | None
    headings: tuple[str, ...]
    region: str
    cards: tuple[Card, ...]


def groups(blocks: Sequence[Block], *, at_least: int = 2) -> list[Group]:
    """All groups of a page, in reading order. The same blocks may be in groups of different kinds."""
    found = _by_heading(blocks, at_least) + _by_list(blocks, at_least) + _by_sibling(blocks, at_least)
    return sorted(found, key=lambda group: group.cards[0].blocks[0].index)


def _by_heading(blocks: Sequence[Block], at_least: int) -> list[Group]:
    """Headings of one level and one tag path under the same parent heading; each owns the blocks up to the next."""
    runs: dict[tuple[tuple[str, ...], int, str, str], list[Block]] = {}
    for block in blocks:
        if block.level and block.region != "nav" and word_count(block.text) <= _MAX_TITLE_WORDS:
            runs.setdefault((block.headings, block.level, block.path, block.region), []).append(block)
    found = []
    for (headings, _, _, region), titles in runs.items():
        if len(titles) < at_least:
            continue
        cards = tuple(Card(title.text, (title, *_owned(blocks, title))) for title in titles)
        found.append(Group("headings", headings[-1] if headings else None, headings, region, cards))
    return found


def _owned(blocks: Sequence[Block], title: Block) -> list[Block]:
    path = (*title.headings, title.text)
    owned = []
    for block in blocks[title.index + 1 :]:
        if block.headings[: len(path)] != path:
            break
        owned.append(block)
    return owned


def _by_list(blocks: Sequence[Block], at_least: int) -> list[Group]:
    """Items of one <ul>, <ol> or <dl>, and paragraphs in a row that each open with a bold lead."""
    lists: dict[HtmlElement, list[Block]] = {}  # keyed by the element itself: an id() outlives its lxml proxy
    for block in blocks:
        parent = block.element.getparent()
        if block.region != "nav" and block.tag in ("li", "dt") and parent is not None:
            lists.setdefault(parent, []).append(block)
    found = []
    for items in lists.values():
        firsts = list({item.element: item for item in reversed(items)}.values())[::-1]
        if len(firsts) >= at_least:
            first = firsts[0]
            cards = tuple(_item(blocks, item) for item in firsts)
            found.append(Group("list", first.heading, first.headings, first.region, cards))
    for row in _rows_of_leads(blocks):
        if len(row) >= at_least:
            cards = tuple(Card(lead.lead, (lead,)) for lead in row)
            found.append(Group("lead", row[0].heading, row[0].headings, row[0].region, cards))
    return found


def _rows_of_leads(blocks: Sequence[Block]) -> list[list[Block]]:
    """Runs of paragraphs with a bold lead under one heading, with at most one other block between two of them."""
    rows: list[list[Block]] = []
    for block in blocks:
        if not block.lead or block.level or block.tag == "li" or block.region == "nav":
            continue
        if rows and rows[-1][-1].headings == block.headings and block.index - rows[-1][-1].index <= 2:
            rows[-1].append(block)
        else:
            rows.append([block])
    return rows


def _item(blocks: Sequence[Block], item: Block) -> Card:
    if item.lead:
        return Card(item.lead, (item,))
    if item.tag == "dt":
        return Card(item.text, (item, *_owned(blocks, item)))
    return Card(item.text, (item,))


def _by_sibling(blocks: Sequence[Block], at_least: int) -> list[Group]:
    """Sibling elements of one tag and class that hold two blocks or more each, whatever their tags are."""
    members: dict[HtmlElement, dict[str, dict[HtmlElement, list[Block]]]] = {}
    for block in blocks:
        if block.region == "nav":
            continue
        element = block.element
        for _ in range(5):
            parent = element.getparent()
            if parent is None or element.tag in ("body", "main"):
                break
            kind = f"{element.tag}.{element.get('class') or ''}"
            members.setdefault(parent, {}).setdefault(kind, {}).setdefault(element, []).append(block)
            element = parent
    found = []
    for kinds in members.values():
        for parts in kinds.values():
            rows = [row for row in parts.values() if len(row) > 1]
            if len(rows) < at_least:
                continue
            common = _common_headings([row[0] for row in rows])
            cards = tuple(Card(_title_of(row), tuple(row)) for row in rows)
            first = rows[0][0]
            found.append(Group("siblings", common[-1] if common else None, common, first.region, cards))
    return found


def _common_headings(firsts: Sequence[Block]) -> tuple[str, ...]:
    shortest = min((block.headings for block in firsts), key=len)
    for length in range(len(shortest), 0, -1):
        if all(block.headings[:length] == shortest[:length] for block in firsts):
            return shortest[:length]
    return ()


def _title_of(row: Sequence[Block]) -> str:
    for block in row:
        if block.level:
            return block.text
    short = [block for block in row if word_count(block.text) <= _MAX_TITLE_WORDS and _LETTERS.search(block.text)]
    named = [block for block in short if block.words & _NAME_WORDS]
    plain = [block for block in short if not block.words & _BADGE_WORDS]
    return next((block.text for block in (*named, *plain, *short)), row[0].text)
