"""Proposes the brand story: the text under "our story", and paragraphs about the brand that tell how it came to be."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.founding import YEAR
from pipelines.onboarding.extraction.rules.statements import in_voices, is_prose, label_doubt
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.text import clip, word_count

_LONGEST = 900
_LEAST_WORDS = 14
_PARAGRAPH = 18
_PLACES = ("home", "about", "story", "mission", "team")


def propose(page: Page) -> Iterator[Candidate]:
    for section in page.sections:
        if in_voices(section.title) or section.title.region == "footer":
            continue
        told = label_doubt(section, "story")
        about = label_doubt(section, "about")
        if told is None and about is None:
            continue
        prose = [block for block in section.body[:12] if _tellable(block)]
        if not prose:
            continue
        if told is not None:
            block = next(
                (block for block in prose if word_count(block.text) >= _PARAGRAPH and block.text[-1] in ".!\u2026"),
                prose[0],
            )
            yield page.from_block("brandStory", clip(block.text, _LONGEST), block, "story.label", hedge=told)
        else:
            yield from _narrated(page, prose[:3], "story.about")
    if page.kind in ("about", "story"):
        yield from _narrated(
            page, [block for block in page.blocks if block.region == "main" and _tellable(block)][:4], "story.about"
        )
    elif page.kind in _PLACES:
        yield from _narrated(
            page, [block for block in page.blocks if block.region == "main" and _tellable(block)], "story.paragraph"
        )


def _narrated(page: Page, blocks: list[Block], rule: str) -> Iterator[Candidate]:
    tells, founds = words.pattern("identity", "tells_story"), words.pattern("identity", "founding_verbs")
    for rank, block in enumerate(blocks):
        matches = {match[0].lower() for match in tells.finditer(block.text)} | set(YEAR.findall(block.text)[:1])
        if word_count(block.text) < _PARAGRAPH or (len(matches) < 2 and rule == "story.paragraph"):
            continue
        first = tells.search(block.text)
        who = (
            subject(block.text, first.start(), first.end())
            if first
            else subject(block.text, len(block.text), len(block.text))
        )
        if not who and not first:
            continue
        yield page.from_block(
            "brandStory",
            clip(block.text, _LONGEST),
            block,
            rule,
            subject=who,
            boost=min(1.0, 0.5 * (len(matches) - 1) + (0.5 if founds.search(block.text) else 0.0)) if matches else 0.0,
            hedge=(0.6 if not matches else 0.0) + min(0.4, 0.1 * rank),
        )


def _tellable(block: Block) -> bool:
    return is_prose(block) and word_count(block.text) >= _LEAST_WORDS and not in_voices(block)
