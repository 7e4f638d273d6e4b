"""Audience: the people and organisations a site says it is for, brought together across pages and scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from pipelines.onboarding.extraction.records import Decision
from pipelines.onboarding.extraction.scorer import ACCEPT, DISPUTED, FLOOR, Scored, independent, strength, together
from pipelines.onboarding.extraction.site import Site
from pipelines.onboarding.extraction.text import key

# How often a rule's proposals were right on labelled sites, before page type and doubts count.
RATES = {
    "for-title": 0.62, "for-description": 0.64, "for-heading": 0.6, "for-said": 0.6, "who-list": 0.72,
    "sector-list": 0.62, "sector-link": 0.58,
}  # fmt: skip
_BELONGS = frozenset(("home", "about", "mission", "audience", "features", "compare", "pricing", "services", "products"))
_TOO_WIDE = frozenset(("people", "everyone", "anyone", "customers", "clients", "users", "person", "individuals", "members", "menschen",
                       "kunden", "personas", "personnes", "clientes", "persone", "clienti", "pessoas", "mensen", "klanten"))  # fmt: skip
# "Busy clients", "real customers": whoever buys, not who they are.
_READERS = frozenset(("customers", "clients", "members", "users", "kunden", "clientes", "clienti", "klanten"))
_MAX_AUDIENCE = 20


def decide_audience(site: Site) -> list[Decision]:
    """One decision per group of people, surest first."""
    scored = [
        Scored(one, strength(one, site, base=RATES[one.evidence.rule], belongs=_BELONGS))
        for one in site.of("audience")
        if not site.is_brand(one.value)
    ]
    decisions = [decision for heap in _gathered(scored) if (decision := _decision(heap)) is not None]
    return sorted(decisions, key=lambda one: -one.confidence)[:_MAX_AUDIENCE]


def _is_wide(value: str) -> bool:
    told = key(value).split()
    return key(value) in _TOO_WIDE or (bool(told) and told[-1] in _READERS)


def _folded(value: str) -> str:
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in key(value).split())


def _gathered(scored: Sequence[Scored]) -> list[list[Scored]]:
    heaps: dict[str, list[Scored]] = {}
    for one in sorted(scored, key=lambda one: -one.strength):
        heaps.setdefault(_folded(one.candidate.value), []).append(one)
    return list(heaps.values())


def _decision(heap: list[Scored]) -> Decision | None:
    confidence = together(heap)
    if confidence < FLOOR:
        return None
    if _is_wide(heap[0].candidate.value):
        confidence = min(confidence, DISPUTED)
    votes = Counter(one.candidate.value for one in heap)
    value = max(votes, key=lambda each: (votes[each], each))
    return Decision(
        field="audience",
        value=value,
        confidence=round(confidence, 3),
        status="accepted" if confidence >= ACCEPT else "review",
        evidence=[
            msgspec.structs.replace(one.candidate.evidence, confidence=round(one.strength, 3))
            for one in independent(heap)[:5]
        ],
    )
