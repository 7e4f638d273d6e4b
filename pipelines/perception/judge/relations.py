"""How a clause stands to a thing it names: whether it is there, what it costs, whether it is needed.

Facts and answers are read by the same cues (words/relations.yaml), so that "free", "no fee" and "at no extra cost" come out
as one, and "costs €12", "not included" and "sold separately" as another that excludes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipelines.perception.judge.lexicon import Hit, Token, finder

Cost = Literal["free", "paid"]
CUES = ("free", "paid", "extra", "included", "has", "lacks", "allowed", "forbidden", "contains", "needs", "unneeded")
_THERE = frozenset(("has", "allowed", "contains", "included"))
_FREE = frozenset(("free", "included"))
_FEE = frozenset(("paid", "extra"))
_NEGATIVE = {"lacks", "free", "unneeded", "extra", "forbidden", "allowed"}  # their phrases may hold a negation
_FAR, _NEAR = 60, 34  # characters between a negation and what it denies, behind it or before
_OBJECT = 20
_BEHIND = 5  # words between "without" and what is missing
_WORD = re.compile(r"[^\W_]+")
_BARE_NO = re.compile(
    r"\b(?:no|not any|not a single|zero|keine?[rnms]?|(?:pas|plus|point) d[e']|aucune?|ningun[ao]?|nessun[ao]?|nessun'|geen|nenhuma?|zadn\w+|brak) ?(?:[\w-]+ )?$"
)
_WITH_ONLY = re.compile(
    r"\b(?:only|nur|uniquement|seulement|solo|soltanto|alleen|apenas|so|tylko)\b.*\b(?:with|mit|avec|con|met|com|z|ze)\b"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a clause says of a thing; None where it does not say."""

    cost: Cost | None = None
    present: bool | None = None
    needed: bool | None = None

    def excludes(self, other: Standing) -> bool:
        """Whether what `other` says cannot stand beside this."""
        if self.cost and other.cost:
            return self.cost != other.cost
        if self.needed is not None and other.needed is not None:
            return self.needed != other.needed
        if self.present is False and other.needed:
            return True
        return self.present is not None and other.present is not None and self.present != other.present

    def agrees(self, other: Standing) -> bool:
        pairs = ((self.cost, other.cost), (self.needed, other.needed), (self.present, other.present))
        told = [one == two for one, two in pairs if one is not None and two is not None]
        return bool(told) and all(told)


def cues_in(tokens: list[Token], folded: str, language: str, low: int, high: int) -> list[Hit]:
    """The cues between two places, without those inside a longer one of another kind: "free" in "free of"."""
    inside = [token for token in tokens if low <= token.start and token.end <= high]
    hits = finder("relations", language, *CUES).find(inside, folded, start=low, end=high)
    kept = [
        hit
        for hit in hits
        if not (
            hit.name == "lacks" and folded[hit.start - 1 : hit.start] == "で"
        )  # ではありません denies what it follows
        and not any(
            one.start <= hit.start and hit.end <= one.end and one.end - one.start > hit.end - hit.start for one in hits
        )
    ]
    return [Hit("lacks", *hit[1:]) if _is_rid(folded, hit) else hit for hit in kept]


def _is_rid(folded: str, hit: Hit) -> bool:
    """ "grain-free" and "pet-free" lack what stands before."""
    return (
        hit.name == "free"
        and folded[hit.start - 1 : hit.start] == "-"
        and folded[hit.start - 2 : hit.start - 1].isalpha()
    )


def is_own(folded: str, negator: Hit, cues: list[Hit]) -> bool:
    """Whether a negation is a part of a cue: "at no cost"."""
    return any(
        one.name in _NEGATIVE
        and not folded.startswith("cannot", one.start)
        and one.start < negator.end
        and negator.start < one.end
        for one in cues
    )


def denied_of(folded: str, cues: list[Hit], negators: list[Hit]) -> set[Hit]:
    """The cues that are denied: the next behind a negation, or the last before it where none follows."""
    found: set[Hit] = set()
    for negator in negators:
        if is_own(folded, negator, cues):
            continue
        behind = [hit for hit in cues if hit.end > negator.start and _is_joined(folded[negator.end : hit.start], _FAR)]
        before = [
            hit for hit in cues if hit.end <= negator.start and _is_joined(folded[hit.end : negator.start], _NEAR)
        ]
        if behind:
            first = min(behind, key=lambda hit: hit.start)
            reach = first.end + (_OBJECT if first.name == "has" else 0)  # "neither has delivery costs"
            found.update(hit for hit in behind if hit.start <= reach)
        elif before:
            last = max(before, key=lambda hit: hit.end)
            found.update(hit for hit in before if hit.end >= last.start)
    return found


def _is_joined(between: str, most: int) -> bool:
    return "," not in between and "\u3001" not in between and len(between) < most


def standing_of(
    folded: str, cues: list[Hit], negators: list[Hit], thing: tuple[int, int], clause: tuple[int, int], *, priced: bool
) -> Standing:
    """What a clause says of the thing at `thing`. `priced`: a price is put on it."""
    rid = any(hit.name == "lacks" and _is_near(folded, hit, thing) for hit in cues)
    bare = _BARE_NO.search(folded[max(clause[0], thing[0] - 24) : thing[0]]) is not None
    denied = denied_of(folded, cues, negators)
    unsaid = {hit.name for hit in denied}
    said = {hit.name for hit in cues} - unsaid
    turned = bool(denied) or (bare and not cues)
    return Standing(
        cost=_cost(said, unsaid, spared=_is_spared(folded, cues), priced=priced),
        present=_presence(said, unsaid, rid=rid, bare=bare, turned=turned),
        needed=_need(folded[clause[0] : clause[1]], said, unsaid, rid=rid, bare=bare, turned=turned),
    )


def _is_spared(folded: str, cues: list[Hit]) -> bool:
    """ "without paying", "ohne Aufpreis"."""
    fees = [hit for hit in cues if hit.name in ("paid", "extra")]
    return any(_is_near(folded, hit, (fee.start, fee.end)) for fee in fees for hit in cues if hit.name == "lacks")


def _cost(said: set[str], unsaid: set[str], *, spared: bool, priced: bool) -> Cost | None:
    if said & _FREE:
        return None if "extra" in said else "free"
    if spared or unsaid & _FEE:
        return "free"
    if said & _FEE or priced:
        return "paid"
    return "paid" if unsaid & _FREE else None


def _presence(said: set[str], unsaid: set[str], *, rid: bool, bare: bool, turned: bool) -> bool | None:
    if rid:
        return turned and not bare
    if "forbidden" in said or "forbidden" in unsaid:
        return "forbidden" in unsaid
    if bare or unsaid & _THERE:
        return False
    if said & (_THERE | _FREE | _FEE):
        return True
    return None


def _need(clause: str, said: set[str], unsaid: set[str], *, rid: bool, bare: bool, turned: bool) -> bool | None:
    if rid:
        return turned
    if "unneeded" in said | unsaid:
        return "unneeded" in unsaid
    if "needs" in said and not bare:
        return True
    if "needs" in unsaid or bare:
        return False
    return True if _WITH_ONLY.search(clause) else None


_PREPOSED = {
    "without",
    "ohne",
    "sans",
    "sin",
    "senza",
    "zonder",
    "sem",
    "bez",
    "free of",
    "free from",
    "frei von",
    "vrij van",
    "stays away from",
}


def _is_near(folded: str, hit: Hit, thing: tuple[int, int]) -> bool:
    """Whether "without" or "lacks" is said of a thing: right before it, or a verb of the subject right behind."""
    if hit.end > thing[0] and folded[hit.start : hit.end] in _PREPOSED:
        return False
    between = folded[hit.end : thing[0]] if hit.end <= thing[0] else folded[thing[1] : hit.start]
    return len(_WORD.findall(between)) < _BEHIND and not re.search(r"[,;:.]", between)
