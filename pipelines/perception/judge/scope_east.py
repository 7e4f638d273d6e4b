"""What Japanese and Chinese sentences do with their claims where the telling word stands behind: ではなく, かどうか, という噂.

Japanese denies, asks and reports at a clause's end; Chinese names a rumour behind it ("……的说法").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pipelines.perception.judge.lexicon import Hit
from pipelines.perception.judge.reading import Unit

EAST = ("ja", "zh")
_CLAUSE_END = re.compile(r"[、,。;；]|が、|が,")
_ASKS = re.compile(r"(?:ますか|ですか|でしょうか|ませんか|吗|嗎|呢)[。.!！]?[\"'」』)\]* \n]*$")
_OF_A_RUMOUR = re.compile(r"^(?:的|と|との|という|一说)")
_SOURCE = re.compile(r"(?:公式|官网|官方|官網)")
_DENIED_WITHIN = 40  # characters between a value and the Japanese negation that ends its clause
_TOPIC_COMMA = re.compile(r"は[、,]")
Zone = tuple[Literal["said", "asked", "past"], int, int]


def asks(unit: Unit, folded: str) -> bool:
    """Whether a sentence asks by its last word: ますか, 吗."""
    return _ASKS.search(folded, unit.start, unit.end) is not None


def is_official(unit: Unit, folded: str, groups: dict[str, list[Hit]]) -> bool:
    """Whether the source that a sentence gives is the brand's own: 公式サイトによると."""
    return any(_SOURCE.search(folded, unit.start, hit.end) for hit in groups["according"])


def denies_itself(unit: Unit, hit: Hit) -> bool:
    """Whether a denial is of its own sentence's claim, not of the sentence before."""
    return any(value.start < hit.start for value in unit.values) or any(one.start < hit.start for one in unit.mentions)


def zones_behind(unit: Unit, folded: str, groups: dict[str, list[Hit]], language: str) -> Iterator[Zone]:
    """The zones of words that speak of what stands before them."""
    for hit in groups["reported"]:
        if language == "ja" or _OF_A_RUMOUR.match(folded, hit.start):
            yield "said", _begin(groups, unit, hit), hit.end
    for hit in groups["denials"]:
        if denies_itself(unit, hit):
            yield "said", _begin(groups, unit, hit), hit.start
    if language == "ja":
        yield from (("asked", unit.start, hit.end) for hit in groups["asked"])
    for hit in groups["past"]:
        comma = _CLAUSE_END.match(folded, hit.end) or _TOPIC_COMMA.match(folded, hit.end)
        if comma:
            following = _CLAUSE_END.search(folded, comma.end(), unit.end)
            yield "past", hit.start, following.start() if following else unit.end


def _begin(groups: dict[str, list[Hit]], unit: Unit, hit: Hit) -> int:
    """Where that begins which a word behind it speaks of: behind an earlier contrast, or with the sentence."""
    return max((one.end for one in groups["contrast"] if one.end <= hit.start - 8), default=unit.start)


def denied_behind(negators: list[Hit], folded: str, place: int) -> bool:
    """Whether a Japanese negation ends the clause that a place stands in."""
    following = next((hit for hit in negators if hit.start > place), None)
    if following is None or following.start - place > _DENIED_WITHIN:
        return False
    return not re.search(r"[、,。;；]", folded[place : following.start])
