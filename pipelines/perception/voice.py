"""voiceAlignment: how near an answer's words about the brand come to how the brand speaks of itself. Worker side.

For each value and message of the profile the nearest sentence about the brand counts; the mean over them is the answer's.
FLOOR and WIDTH belong to the embedding model: two sentences that have nothing in common have a cosine of about FLOOR,
two that say the same reach FLOOR + WIDTH.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.clients import embedder
from pipelines.perception.profile import Voice
from pipelines.perception.records import BrandFacts

FLOOR, WIDTH = 0.25, 0.45
MAX_SENTENCES = 40  # of one answer
MAX_MESSAGES = 40
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


def alignments(texts: Sequence[str], voice: Voice, facts: BrandFacts) -> list[float | None]:
    """0..100 for each answer; None for one that says nothing about the brand, or without a voice to compare with."""
    sentences = [about_brand(text, facts) for text in texts]
    wanted = [*voice.attributes, *voice.messages][:MAX_MESSAGES]
    said = list(dict.fromkeys(one for each in sentences for one in each))
    if not wanted or not said:
        return [None] * len(texts)
    import numpy as np

    vectors = embedder.embed([*wanted, *said])
    messages = vectors[: len(wanted)]
    place = {sentence: number for number, sentence in enumerate(said, len(wanted))}
    found: list[float | None] = []
    for each in sentences:
        if not each:
            found.append(None)
            continue
        nearest = (messages @ vectors[[place[one] for one in each]].T).max(axis=1)
        found.append(float(100 * np.clip((nearest - FLOOR) / WIDTH, 0, 1).mean()))
    return found


def about_brand(text: str, facts: BrandFacts) -> list[str]:
    """The sentences that name the brand or something that it sells."""
    names = [name for name in (facts.name, *facts.aliases, *facts.products) if name]
    named = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)", re.IGNORECASE)
    found = [one.group().strip(" \t*#-–•[]") for one in _SENTENCE.finditer(text) if named.search(one.group())]
    return [one for one in found if one][:MAX_SENTENCES]
