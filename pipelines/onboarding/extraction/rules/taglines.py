"""Proposes the tagline: the home page's h1 or the line under it, its title without the name, a slogan in markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.naming import title_parts
from pipelines.onboarding.extraction.structured import string
from pipelines.onboarding.extraction.text import key, word_count

_FEWEST, _MOST = 3, 14
_SMALL_PRINT = re.compile(r"©|\(c\)\s|copyright|\S@\S|https?://|\d{3}[\s.-]\d{3}", re.IGNORECASE)
_HERO_BLOCKS = 40
_HERO_REACH = 2


def propose(page: Page) -> Iterator[Candidate]:
    for node in page.nodes:
        slogan = string(node.get("slogan"))
        if _fits(slogan):
            yield page.from_data("tagline", slogan, slogan, "tagline.slogan")
    for block in page.blocks:
        if block.words & words.keys("identity", "tagline_words") and _fits(block.text) and not block.quoted:
            named = bool(block.words & {"tagline", "slogan", "claim", "motto", "strapline"})
            if named or (page.kind == "home" and block.index < _HERO_BLOCKS):
                yield page.from_block("tagline", block.text, block, "tagline.marked" if named else "tagline.subtitle")
    if page.kind != "home":
        return
    yield from _from_hero(page)
    yield from _from_head(page)


def _from_hero(page: Page) -> Iterator[Candidate]:
    """The first headings of the home page, and the short text below the first one."""
    titles = [
        block
        for block in page.blocks
        if block.level in (1, 2, 3) and block.region in ("main", "header") and not block.quoted
    ]
    first = titles[0] if titles else None
    for rank, title in enumerate(titles[:4]):
        between = [block for block in page.blocks[titles[0].index + 1 : title.index] if block.region != "nav"]
        if _fits(title.text):
            yield page.from_block(
                "tagline",
                title.text,
                title,
                "tagline.heading",
                rank=rank,
                hero=title.level == 1 or len(between) <= _HERO_REACH,
            )
    if first is None:
        return
    for block in page.blocks[first.index + 1 : first.index + 6]:
        if block.level or block.region == "nav" or block.links or block.listed or block.tag in ("button", "label", "a"):
            continue
        if _fits(block.text):
            yield page.from_block("tagline", block.text, block, "tagline.subtitle", under=first.text)
            return


@cache
def _announcements() -> frozenset[str]:
    """Labels that announce other fields: "Our mission" over the first section is no slogan."""
    fields = ("mission", "vision", "values", "story", "about", "selling", "benefits", "place", "voices")
    return frozenset().union(*(words.keys("identity", "labels", field) for field in fields))


def _from_head(page: Page) -> Iterator[Candidate]:
    parts = title_parts(page.title)
    for part in parts:
        if _fits(part) and len(parts) > 1:
            yield page.from_head("tagline", part, page.title, "tagline.title")
    for tag in ("description", "og:description"):
        text = page.head.get(tag, "")
        if _fits(text):
            yield page.from_head("tagline", text, text, "tagline.description")


def _fits(text: str) -> bool:
    if not text or not _FEWEST <= word_count(text) <= _MOST or text[-1] in ":?" or _SMALL_PRINT.search(text):
        return False
    if words.pattern("identity", "template_text").search(text):
        return False
    return key(text) not in words.keys("identity", "not_a_tagline") | _announcements() and not words.pattern(
        "identity", "name_leads"
    ).match(text)
