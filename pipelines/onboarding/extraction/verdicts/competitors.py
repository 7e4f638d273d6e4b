"""Competitors: names brought together across pages ("ZAP", "OWASP ZAP"), scored, and never the brand or its products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from pipelines.onboarding.extraction.records import Candidate, Decision
from pipelines.onboarding.extraction.scorer import ACCEPT, FLOOR, Scored, independent, strength, together
from pipelines.onboarding.extraction.site import Site
from pipelines.onboarding.extraction.text import key, squeezed
from pipelines.onboarding.extraction.verdicts.products import own_names, without_compared

# How often a rule's proposals were right on labelled sites, before page type and doubts count.
RATES = {
    "versus": 0.72, "versus-link": 0.68, "alternative": 0.68, "alternative-link": 0.66, "alternative-said": 0.58,
    "comparison-table": 0.5, "compare-link": 0.62, "switch": 0.6, "switch-link": 0.6, "switch-said": 0.4, "such-as": 0.72,
    "unlike": 0.5, "unlike-link": 0.4, "import": 0.3, "import-link": 0.3,
}  # fmt: skip
_BELONGS = frozenset(("compare", "home", "features", "pricing"))
_MAX_COMPETITORS = 30


def decide_competitors(site: Site) -> list[Decision]:
    """One decision per competitor, surest first; empty when the site names none."""
    own = {key(candidate.value["name"]) for candidate in without_compared(site, site.of("product"))} | _categories(
        site.of("competitor")
    )
    scored = [
        Scored(one, strength(one, site, base=RATES[one.evidence.rule], belongs=_BELONGS))
        for one in site.of("competitor")
        if not site.is_brand(one.value) and key(one.value) not in own and _stands_beside_the_brand(site, one)
    ]
    decisions = [decision for heap in _gathered(scored) if (decision := _decision(heap)) is not None]
    return sorted(decisions, key=lambda one: -one.confidence)[:_MAX_COMPETITORS]


def _stands_beside_the_brand(site: Site, candidate: Candidate) -> bool:
    """Columns count beside a column that is the brand; one that only speaks of it heads criteria."""
    beside = str(candidate.features.get("subject", ""))
    return candidate.evidence.rule != "comparison-table" or squeezed(beside) in own_names(site)


def _categories(candidates: Sequence[Candidate]) -> set[str]:
    """Keys of names that some page also writes small: kinds of things, nobody's names."""
    return {key(one.value) for one in candidates if one.features.get("hedge") and " " in one.value}


def _gathered(scored: Sequence[Scored]) -> list[list[Scored]]:
    """Heaps of the same competitor. A short form joins a long one ("ZAP", "OWASP ZAP") only when there is just one."""
    names = {key(one.candidate.value) for one in scored}
    leader = {name: name for name in names}

    def find(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for name in sorted(names, key=len):
        longer = [other for other in names if _is_part(name, other)]
        if len(longer) == 1:
            leader[find(name)] = find(longer[0])
    for one in scored:
        alias = key(str(one.candidate.features.get("alias", "")))
        if alias in names:
            leader[find(alias)] = find(key(one.candidate.value))
    heaps: dict[str, list[Scored]] = {}
    for one in sorted(scored, key=lambda one: (-one.strength, -len(one.candidate.value))):
        heaps.setdefault(find(key(one.candidate.value)), []).append(one)
    return list(heaps.values())


def _is_part(short: str, long: str) -> bool:
    """Whether one name opens or closes the other as whole words, or is the other without its spaces."""
    if short == long:
        return False
    if short.replace(" ", "") == long.replace(" ", ""):
        return short < long
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
