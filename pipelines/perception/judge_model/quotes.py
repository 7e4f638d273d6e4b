"""Finding a quote in the answer. One thing may differ: how much white space there is, and of which kind.

The findings carry the answer's own characters, never the model's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")
_MOST_PLACES = 20  # of one quote: a word that stands everywhere is evidence of nothing


@dataclass(frozen=True, slots=True)
class Flat:
    """A text with each run of white space as one space; `text[i]` came from the original's `origin[i]`."""

    text: str
    origin: list[int]


def flatten(text: str) -> Flat:
    """The text without runs of white space, and the way back."""
    parts: list[str] = []
    origin: list[int] = []
    place = 0
    for space in _SPACE.finditer(text):
        parts.append(text[place : space.start()] + " ")
        origin.extend(range(place, space.start() + 1))
        place = space.end()
    parts.append(text[place:])
    origin.extend(range(place, len(text)))
    return Flat("".join(parts), origin)


def places_of(quote: str, answer: Flat) -> Iterator[tuple[int, int]]:
    """Where a quote stands, as spans of the original, in order; nothing for an empty quote."""
    wanted = flatten(quote).text.strip()
    place = answer.text.find(wanted) if wanted else -1
    for _ in range(_MOST_PLACES):
        if place < 0:
            return
        yield answer.origin[place], answer.origin[place + len(wanted) - 1] + 1
        place = answer.text.find(wanted, place + 1)
