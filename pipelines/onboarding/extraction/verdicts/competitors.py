"""Competitors: names brought together across pages ("ZAP", "OWASP ZAP"), scored, and never the brand or its products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from pipelines.onboarding.extraction.records import Decision
from pipelines.onboarding.extraction.scorer import ACCEPT, FLOOR, Scored, independent, strength, together
from pipelines.onboarding.extraction.site import Site
from pipelines.onboarding.extraction.text import key

# How often a rule's proposals were right on labelled sites, before page type and doubts count.
RATES = {
    "versus": 0.72, "versus-link": 0.68, "alternative": 0.68, "alternative-link": 0.66, "alternative-said": 0.58,
    "comparison-table": 0.5, "compare-link": 0.62, "switch": 0.6, "switch-link": 0.6, "switch-said": 0.4, "such-as": 0.72,
    "unlike": 0.5, "unlike-link": 0.4, "import": 0.3, "import-link": 0.3,
}  # fmt: skip
_BELONGS = frozenset(("compare", "home", "features"))
_MAX_COMPETITORS = 30


def decide_competitors(site: Site) -> list[Decision]:
    """One decision per competitor, surest first; empty when the site names none."""
    own = {key(candidate.value["name"]) for candidate in site.of("product")}
    scored = [
        Scored(one, strength(one, site, base=RATES[one.evidence.rule], belongs=_BELONGS))
        for one in site.of("competitor")
        if not site.is_brand(one.value) and key(one.value) not in own
    ]
    decisions = [decision for heap in _gathered(scored) if (decision := _decision(heap)) is not None]
    return sorted(decisions, key=lambda one: -one.confidence)[:_MAX_COMPETITORS]


def _gathered(scored: Sequence[Scored]) -> list[list[Scored]]:
    heaps: list[list[Scored]] = []
    names: list[set[str]] = []
    for one in sorted(scored, key=lambda one: (-one.strength, -len(one.candidate.value))):
        own = {
            key(name) for name in (one.candidate.value, one.candidate.features.get("alias")) if isinstance(name, str)
        }
        index = next((at for at, known in enumerate(names) if any(_same(a, b) for a in known for b in own)), None)
        if index is None:
            heaps.append([one])
            names.append(own)
        else:
            heaps[index].append(one)
            names[index] |= own
    return heaps


def _same(one: str, other: str) -> bool:
    """Equal, or the one opens or closes the other as whole words."""
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and (long.startswith(f"{short} ") or long.endswith(f" {short}"))


def _decision(heap: list[Scored]) -> Decision | None:
    confidence = together(heap)
    if confidence < FLOOR:
        return None
    votes: dict[str, float] = defaultdict(float)
    for one in independent(heap):
        votes[one.candidate.value] += one.strength
    name = max(votes, key=lambda each: (round(votes[each], 1), len(each), each))
    return Decision(
        field="competitor",
        value=name,
        confidence=round(confidence, 3),
        status="accepted" if confidence >= ACCEPT else "review",
        evidence=[
            msgspec.structs.replace(one.candidate.evidence, confidence=round(one.strength, 3))
            for one in independent(heap)[:5]
        ],
    )
