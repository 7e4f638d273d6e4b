"""Proposes the tagline: the home page's h1 or the line under it, its title without the name, a slogan in markup."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.naming import title_parts
from pipelines.onboarding.extraction.structured import string
from pipelines.onboarding.extraction.text import key, word_count

_FEWEST, _MOST = 3, 14
_HERO_BLOCKS = 40


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
    titles = [block for block in page.blocks if block.level in (1, 2, 3) and block.region in ("main", "header") and not block.quoted]
    first = titles[0] if titles else None
    for rank, title in enumerate(titles[:3]):
        if title.index - titles[0].index > 12:
            break
        for line in _lines(title):
            yield page.from_block(
                "tagline", line, title, "tagline.h1" if title.level == 1 else "tagline.heading", quote=line, rank=rank, words=word_count(line)
            )
    if first is None:
        return
    for block in page.blocks[first.index + 1 : first.index + 6]:
        if block.level or block.region == "nav" or block.links or block.listed or block.tag in ("button", "label", "a"):
            continue
        if _fits(block.text):
            yield page.from_block("tagline", block.text, block, "tagline.subtitle", words=word_count(block.text))
            return


def _lines(title: Block) -> list[str]:
    """The title as a whole when it fits, else those of its lines that do."""
    if len(title.lines) > 1 and any(word_count(line) <= 3 for line in title.lines):
        kept = [line for line in title.lines if _fits(line)]
        if kept:
            return kept
    return [title.text] if _fits(title.text) else [line for line in title.lines if _fits(line)]


def _from_head(page: Page) -> Iterator[Candidate]:
    parts = title_parts(page.title)
    for part in parts:
        if _fits(part) and len(parts) > 1:
            yield page.from_head("tagline", part, page.title, "tagline.title", words=word_count(part))
    for tag in ("description", "og:description"):
        text = page.head.get(tag, "")
        if _fits(text):
            yield page.from_head("tagline", text, text, "tagline.description", words=word_count(text))


def _fits(text: str) -> bool:
    return bool(text) and _FEWEST <= word_count(text) <= _MOST and key(text) not in words.keys("identity", "not_a_tagline") and text[-1] not in ":?"
