"""Which concept a value belongs to: the trigger word nearest to it in its sentence, else its label, heading or column."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.perception.judge.lexicon import Hit, concepts
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.values import Value

_WEAK = {
    "since",
    "seit",
    "depuis",
    "desde",
    "dal",
    "sinds",
    "started",
    "creation",
    "created",
    "cree",
    "creee",
    "est",
    "startete",
    "inception",
    "from",
    "from its",
}
_REACH = {"year": 96, "money": 90, "percent": 60, "measure": 60, "count": 30, "place": 96, "person": 60}
_COUNTED_FROM = re.compile(
    r" (?:of|after|from|since|before|nach|ab|vor|apres|avant|tras|desde|antes de|dopo|dalla?|prima della?|na|voor|vanaf|apos|antes da|po|od|przed)(?: (?:the|der|dem|die|la|el|il|de|het|a|o|your|ihrer))? "
)
_PLACE_BEFORE = 26  # a place stands right before its trigger, if before: "Leeds is its seat"
_LIMITED = ("customers", "employees")
LIMIT = re.compile(
    r"\b(?:up to|no more than|not more than|at most|hochstens|maximal|au maximum|au plus|como maximo|al massimo|maximaal|hoogstens|no maximo|maksymalnie|najwyzej|do|for|maximum of|max|limited to|bis zu|fur|jusqu'a|pour|hasta|para|fino a|per|tot|voor|ate) (?:up to )?$"
)
_BEGAN = re.compile(r" (?:back |originally |first |way back )?(?:in|en|im|nel|em) (?:(?:early|late|mid)[ -])?")
_NOT_OF_COUNT = re.compile(
    r",| and | rather | instead | und | et | y | e | en | under | aged? | unter | moins de | menores | mayores | sotto i | onder | menos de | abaixo de | in | aus | dans | nei | nas | nos "
)
SPLIT = re.compile(r"; |\. |\bbut\b|\bwhile\b|\bwhereas\b|\bsondern\b|\bmais\b|\bsino\b|\bmaar\b|\bmas\b")


class Bound(NamedTuple):
    """A concept and where its trigger stands; no place when it comes from what the value stands under."""

    concept: str
    start: int
    end: int
    cost: float


_LITTLE = {
    "for",
    "from",
    "at",
    "ab",
    "fur",
    "da",
    "voor",
    "desde",
    "a partir de",
    "vanaf",
    "plan",
    "pay",
    "per month",
    "a month",
    "per year",
    "a year",
    "z",
    "za",
    "od",
    "runs",
    "en",
    "dal",
    "del",
}


_GENITIVE = re.compile(
    r" (?:of|on|for|de|del|della|der|des|fur|auf|van|op|da|do|dos|sur|su|sulla|na|dla|para|pour|per)(?: (?:the|la|las|los|le|les|die|das|den|de|a|os|o|il|lo))? "
)


def _head_of(unit: Unit, folded: str, kind: str, best: Bound) -> Bound:
    """ "warranty of the battery of 5 years": the warranty's, not the battery's."""
    for hit in unit.hits:
        heads = hit.end <= best.start and hit.name != best.concept and kind in concepts()[hit.name].takes
        if heads and _GENITIVE.fullmatch(folded[hit.end : best.start]):
            return Bound(hit.name, hit.start, hit.end, best.cost)
    return best


def is_weak(folded: str, bound: Bound) -> bool:
    """Whether a concept was told by a small word alone: a fact's "at" names no price."""
    return folded[bound.start : bound.end] in _LITTLE


def value_type(value: Value) -> str:
    """What concepts call this kind of value."""
    return value.unit if value.kind == "measure" else value.kind


def bind(unit: Unit, folded: str, kind: str, start: int, end: int, nouns_end: int | None = None) -> Bound | None:
    """The concept of a value of type `kind` at start:end. `nouns_end`: how far the words reach that a count counts."""
    table = concepts()
    reach = _REACH.get(kind, _REACH["measure"])
    best: Bound | None = None
    for hit in unit.hits:
        concept = table[hit.name]
        if kind not in concept.takes or hit.end < start - reach - 8 or hit.start > end + reach + 8:
            continue
        cost = _cost(unit, folded, hit, kind, start, end, nouns_end, decoy=concept.decoy)
        if cost is not None and cost <= reach and (best is None or cost < best.cost):
            best = Bound(hit.name, hit.start, hit.end, cost)
    if (
        best is not None
        and kind == "count"
        and best.concept in _LIMITED
        and LIMIT.search(folded, max(0, start - 24), start)
    ):
        limited = next((hit for hit in unit.hits if hit.name == "free_plan"), None)
        return Bound("free_plan", limited.start, limited.end, best.cost) if limited is not None else None
    if best is not None and kind == "duration" and best.end <= start:
        best = _head_of(unit, folded, kind, best)
    sold = any(mention.role == "product" for mention in unit.mentions) or unit.topic.startswith("product:")
    if best is not None and best.concept == "launched" and not sold and _BEGAN.fullmatch(folded[best.end : start]):
        best = best._replace(concept="founded")
    if best is not None:
        return None if table[best.concept].decoy else best
    for name in unit.lead:
        if name in table and kind in table[name].takes:
            return None if table[name].decoy else Bound(name, start, start, float(reach))
    return None


def _cost(
    unit: Unit, folded: str, hit: Hit, kind: str, start: int, end: int, nouns_end: int | None, *, decoy: bool
) -> float | None:
    said = folded[hit.start : hit.end]
    if hit.end <= start:
        gap, between = start - hit.end, folded[hit.end : start]
        after = False
    elif hit.start >= end:
        gap, between = hit.start - end, folded[end : hit.start]
        after = True
        if kind == "place" and (gap > _PLACE_BEFORE or re.search(r"[,;]|\bbut\b", between)):
            return None
    else:
        return -6.0
    if decoy and len(said) <= 5 and (after or gap > 4):
        return None
    if kind == "count":
        return _count_cost(between, gap, 34 if nouns_end is None else max(nouns_end - end, 0) + 2, after=after)
    if after and kind == "duration" and _COUNTED_FROM.fullmatch(between):
        return None  # "within 14 days of delivery"
    behind = 0 if not after else -8 if gap <= 1 else 10  # "a 25-year guarantee"
    cost = float(gap) + 14 * between.count(",") + behind - min(len(said), 12) / 2
    if SPLIT.search(between):
        cost += 40
    if said in _WEAK:
        cost += 26
    if kind == "year" and after and re.search(r"\b(?:and|und|et|y|e|en)\b", between):
        cost += 24
    crossed = sum(
        1
        for value in unit.values
        if value_type(value) == kind
        and min(hit.end, end) <= value.start < max(hit.start, start)
        and value.start != start
    )
    return cost + 22 * crossed


def _count_cost(between: str, gap: int, limit: int, *, after: bool) -> float | None:
    """A count's concept is the noun behind it, or a label or verb right before ("employs about 42", "Team: 42")."""
    if any(map(str.isdigit, between)) or SPLIT.search(between):
        return None
    if after:
        return gap - 30.0 if gap <= limit and not re.search(r"[,.;:()]", between) else None
    return float(gap) if gap <= 28 and not _NOT_OF_COUNT.search(between) else None
