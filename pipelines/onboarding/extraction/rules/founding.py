"""Proposes the year a brand was founded: markup, "founded in", "established", "since", a labelled year.

Copyright years are never proposed. Who was founded travels as the subject; quotations and press are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.naming import ORGANIZATIONS
from pipelines.onboarding.extraction.rules.statements import in_voices
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.structured import string
from pipelines.onboarding.extraction.text import sentences, word_count

YEAR = re.compile(r"(?<![\d.,/$€£-])(1[2-9]\d\d|20[0-4]\d)(?![\d%]|[.,]\d|-\d)")
_REACH = 60  # characters between verb and year
_SINCE_GAP = re.compile(r"\s*(?:[^\W\d]+['\u2019]?\s*){0,4}")  # "since", "since early", "since our founding in"
_RANGE = re.compile(r"\s*(?:[-–—]|to|bis|au?|à|al|a|até|tot|until|and)\s*(?:1[0-9]|20)\d\d")
_LABEL = re.compile(
    r"^\W*(?:founded|established|est\.?|since|gegründet|gründung|gründungsjahr|fondée?|fondation|création|fundad[ao]|fundación|fondat[ao]|fondazione|fundação|opgericht|seit|depuis|desde|dal|sinds)\W{0,3}(?:in|en|im|anno)?\s*$",
    re.IGNORECASE,
)

_OF = re.compile(
    r"^\W*(?:founding|foundation|création|fondation|naissance|gründung|fundación|creación|fondazione|nascita|fundação|criação|oprichting)"
    r"\s+(?:of|de|d['\u2019]|du|der|des|von|del|di|da|do|van)\s*(?P<whose>[^\W\d_].{1,50})$",
    re.IGNORECASE,
)


def propose(page: Page) -> Iterator[Candidate]:
    for node in page.nodes:
        date = string(node.get("foundingDate"))
        year = YEAR.search(date)
        if year and any(kind in ORGANIZATIONS for kind in node["@type"]):
            yield page.from_data(
                "foundedYear",
                int(year[0]),
                date,
                "founded.data",
                hedge=0.0 if node["@under"] in ("", "publisher", "mainEntity") else 0.7,
            )
    yield from _in_sentences(page)
    yield from _labelled(page)


def _in_sentences(page: Page) -> Iterator[Candidate]:
    founds, starts, since = (
        words.pattern("identity", entry) for entry in ("founding_verbs", "starting_verbs", "since_words")
    )
    not_this = words.pattern("identity", "not_a_founding")
    for block in page.blocks:
        if block.region == "nav" or not YEAR.search(block.text):
            continue
        for sentence in sentences(block.text):
            if not_this.search(sentence) or "©" in sentence:
                continue
            for pattern, rule in ((founds, "founded.sentence"), (since, "founded.since"), (starts, "founded.started")):
                found = _nearest_year(sentence, pattern, after_only=rule == "founded.since")
                if found is None:
                    continue
                match, year = found
                short = word_count(sentence) <= 6
                yield page.from_block(
                    "foundedYear",
                    int(year[0]),
                    block,
                    rule,
                    quote=sentence,
                    subject=subject(sentence, match.start(), max(match.end(), year.end())),
                    boost=0.4 if short else 0.0,
                    hedge=(0.6 if in_voices(block) else 0.0) + (0.3 if word_count(sentence) > 45 else 0.0),
                )
                break


def _nearest_year(
    sentence: str, pattern: words.Phrases, *, after_only: bool
) -> tuple[re.Match[str], re.Match[str]] | None:
    """The phrase and the year closest to it, at most `_REACH` characters away; "since" needs it right behind."""
    best: tuple[int, re.Match[str], re.Match[str]] | None = None
    for match in pattern.finditer(sentence):
        for year in YEAR.finditer(sentence):
            if _RANGE.match(sentence[year.end() :]):
                continue
            between = sentence[match.end() : year.start()]
            gap = year.start() - match.end() if year.start() >= match.end() else match.start() - year.end()
            if after_only and (year.start() < match.end() or not _SINCE_GAP.fullmatch(between)):
                continue
            if 0 <= gap <= _REACH and (best is None or gap < best[0]):
                best = (gap, match, year)
    return (best[1], best[2]) if best else None


def _labelled(page: Page) -> Iterator[Candidate]:
    """ "Founded" in one block, "1998" in the next (fact lists, tables, counters)."""
    for block, after in zip(page.blocks, page.blocks[1:], strict=False):
        if block.region != after.region:
            continue
        for label, value in ((block, after), (after, block)):
            year = YEAR.fullmatch(value.text.strip(" ."))
            if year and _LABEL.match(label.text) and not in_voices(value):
                yield page.from_block("foundedYear", int(year[0]), value, "founded.label", quote=value.text)
            named = _OF.match(label.text) if year and label is after else None  # "2010" | "Foundation of Acme"
            if year and named and not in_voices(value):
                yield page.from_block(
                    "foundedYear", int(year[0]), value, "founded.label", quote=value.text, subject=named["whose"]
                )
