"""Proposes mission and vision: what stands under such a label, and sentences that state one.

Words are matched whole, so "permission" and "transmission" never count; what others say is marked, not dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.sections import Section, label_key
from pipelines.onboarding.extraction.text import clip, sentences, word_count

_FIELDS = {"mission": ("states_mission", "opens_mission"), "vision": ("states_vision", "opens_vision")}
_LEAST_WORDS = 5
_LONGEST = 700
_CLOSES = '.!\u2026"\u201d'
_BOTH = re.compile(
    r"\b(?:mission|missie|mision|missao|missione|leitbild)\b.*\b(?:vision|visie|visao|visione)\b|\b(?:vision|visie|visao|visione)\b.*\b(?:mission|missie|mision|missao|missione)\b"
)


def propose(page: Page) -> Iterator[Candidate]:
    for field, (states, opens) in _FIELDS.items():
        yield from _under_label(page, field)
        yield from _stated(page, field, states, opens)


def _under_label(page: Page, field: str) -> Iterator[Candidate]:
    for section in page.sections:
        doubt = label_doubt(section, field)
        if doubt is None or in_voices(section.title):
            continue
        texts = [block for block in section.own if is_prose(block)]
        if not texts:
            texts = [block for block in section.body[:8] if is_prose(block)][:1]
            doubt += 0.15
        if (
            section.kicked
            and word_count(section.title.text) >= _LEAST_WORDS
            and label_key(section.labels[0]) not in labels(field)
        ):
            texts.insert(0, section.title)
        if not texts:
            continue
        first = texts[0]
        items = _points(texts)
        value = clip(items, _LONGEST) if items else clip(first.text, _LONGEST)
        yield page.from_block(field, value, first, f"{field}.label", by_heading=first is not section.title, hedge=doubt)


def _points(texts: Sequence[Block]) -> str:
    """A statement given as a list: its points joined, or "" when the first text is a paragraph of its own."""
    start = 1 if texts[0].text.endswith(":") and len(texts) > 1 else 0
    if not texts[start].listed:
        return ""
    points = []
    for block in texts[start:]:
        if not block.listed or block.path != texts[start].path:
            break
        points.append(block.text)
    return " ".join(points)


def _stated(page: Page, field: str, states: str, opens: str) -> Iterator[Candidate]:
    strong, bare = words.pattern("identity", states), words.pattern("identity", opens)
    weak = words.pattern("identity", "aims_at") if field == "mission" else None
    for block in page.blocks:
        if block.region == "nav" or block.level or word_count(block.text) < _LEAST_WORDS:
            continue
        if not (strong.search(block.text) or bare.search(block.text) or (weak and weak.search(block.text))):
            continue
        for sentence in sentences(block.text):
            match, doubt = strong.search(sentence), 0.0
            if not match and bare.match(_bare_start(sentence)) and sentence[-1] in _CLOSES:
                match = bare.search(sentence)
            if not match and weak:
                match, doubt = weak.search(sentence), 0.65
            if not match or word_count(sentence) < _LEAST_WORDS or sentence.endswith("?"):
                continue
            early = word_count(sentence[: match.start()]) <= 6
            ours = words.pattern("identity", "we_words").search(match[0])
            yield page.from_block(
                field,
                clip(sentence, _LONGEST),
                block,
                f"{field}.stated",
                quote=sentence,
                subject="we" if ours else subject(sentence, match.start(), match.end()),
                hedge=min(1.0, doubt + (0.0 if early else 0.3) + (0.4 if in_voices(block) else 0.0)),
            )


def _bare_start(sentence: str) -> str:
    return re.sub(r"^\W+", "", sentence)


def labels(field: str) -> frozenset[str]:
    return words.keys("identity", "labels", field)


def label_doubt(section: Section, field: str) -> float | None:
    """How doubtful it is that a section's label announces the field: 0 for the very words, None for something else."""
    for label in section.labels:
        bare = label_key(label)
        if bare in labels(field):
            return 0.0
        parts = bare.split()
        if len(parts) > 6 or not parts:
            continue
        if field in ("mission", "vision") and _BOTH.search(bare):
            return 0.35
        if bare.endswith(_ends(field)) or bare.startswith(_starts(field)):
            return 0.15
    return None


@cache
def _ends(field: str) -> tuple[str, ...]:
    """ "Acme's mission", "the mission statement"."""
    return tuple(form for word in labels(field) for form in (f" s {word}", f" {word} statement"))


@cache
def _starts(field: str) -> tuple[str, ...]:
    """ "Mission of Acme"."""
    return tuple(
        f"{word} {of} "
        for word in labels(field)
        for of in ("of", "der", "des", "von", "de", "du", "di", "do", "da", "van")
    )


def in_voices(block: Block) -> bool:
    """Whether a block stands under testimonials, press, partners or the like."""
    return block.quoted or any(
        label_key(heading) in words.keys("identity", "labels", "voices") for heading in block.headings
    )


def is_prose(block: Block) -> bool:
    """A text that says something: no button, no link list, no figure's caption."""
    return (
        not block.level
        and block.tag not in ("button", "label", "figcaption", "a", "th", "address")
        and word_count(block.text) >= _LEAST_WORDS
        and block.link_share < 0.6
    )
