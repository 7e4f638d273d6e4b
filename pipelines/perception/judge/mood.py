"""How warmly an answer speaks of the brand, -1..1, and whether it refuses. Only words said of the brand count."""

from __future__ import annotations

import math
from functools import cache

from pipelines.perception.judge.lexicon import Phrases, finder, phrases
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope
from pipelines.perception.judge.subjects import owners_of
from pipelines.perception.judge.text import Plain

_WEIGHTS = {"good": 1.0, "great": 2.0, "bad": -1.0, "awful": -2.0}
_NEGATED_REACH = 28  # characters from a negator to the word that it turns
_REFUSAL_UNITS = 3  # a refusal stands at the start, or is most of the answer


def mood_of(units: list[Unit], scopes: list[Scope], plain: Plain, language: str) -> float:
    """The mean over the sentences that judge the brand, each squeezed to -1..1; 0 when none does."""
    words = finder("mood", language, "good", "great", "bad", "awful", "very")
    scores = []
    for unit, scope in zip(units, scopes, strict=True):
        if unit.dropped or scope.is_question:
            continue
        score = _score(unit, scope, plain, words)
        if score:
            scores.append(math.tanh(score / 2))
    return round(max(-1.0, min(1.0, sum(scores) / len(scores))), 4) if scores else 0.0


def _score(unit: Unit, scope: Scope, plain: Plain, words: Phrases) -> float:
    total = 0.0
    hits = words.find(unit.tokens, plain.folded, start=unit.start, end=unit.end)
    strong = {hit.end for hit in hits if hit.name == "very"}
    seen = -1
    for hit in hits:
        weight = _WEIGHTS.get(hit.name)
        if weight is None or hit.start < seen or scope.at(hit.start) & {"asked", "past"}:
            continue
        seen = hit.end
        if not _of_brand(unit, plain, hit.start, hit.end):
            continue
        if any(0 <= hit.start - end <= 1 for end in strong):
            weight *= 1.4
        if any(
            0 <= hit.start - negator.end <= _NEGATED_REACH and not _parted(plain.folded, negator.end, hit.start)
            for negator in scope.negators
        ) or _litotes(plain.folded, hit.start):
            weight *= -0.6
        if any(contrast.end <= hit.start and contrast.name for contrast in scope.contrasts):
            weight *= 1.3
        total += weight
    return total


def _parted(folded: str, low: int, high: int) -> bool:
    return any(mark in folded[low:high] for mark in (",", ";", ":", " but ", " and it ", ". "))


def _litotes(folded: str, place: int) -> bool:
    """ "not bad" is on the list of what denies nothing, but it turns its word."""
    return folded[max(0, place - 8) : place].endswith(("not ", "n't ", "nicht ", "pas ", "non ", "niet ", "nao "))


def _of_brand(unit: Unit, plain: Plain, low: int, high: int) -> bool:
    owners = owners_of(unit, plain, low, high)
    if any(owner == "brand" or owner.startswith("product:") for owner in owners):
        return True
    return owners == [""] and any(mention.role == "brand" for mention in unit.mentions)


@cache
def _refusals() -> Phrases:
    return Phrases([(phrase, "refusal") for phrase in phrases("mood", "refusals")])


def refuses(units: list[Unit], plain: Plain) -> bool:
    """Whether the answer says that it has or gives nothing: near its start, with little after it."""
    for unit in units[:_REFUSAL_UNITS]:
        if _refusals().find(unit.tokens, plain.folded, start=unit.start, end=unit.end):
            told = sum(len(other.values) for other in units)
            return len(units) <= 6 and told <= 2
    return False
