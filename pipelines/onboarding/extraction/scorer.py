"""The one place where proposals become confidence.

A candidate's strength is a probability built in log-odds: the base rate of its rule (`verdicts` name them), plus what
its features say. The shared features and their weights (log-odds, `WEIGHTS`):

- `voice` (a quotation, review or testimonial): -3.0, other people's words are not the brand's;
- `subject`: "brand" (the sentence names the brand or says we/our) +0.8, "other" (it names someone else) -3.0;
- page type: a page where the field belongs +0.6 (home, about …, per field), one where it does not -2.0 (blog, article,
  jobs, press, legal, customers …);
- distance: more than three blocks below the heading that announces it, -0.35 per further block, at most -2;
- `hedge` (a rule's own doubt, 0..1): -2.0 times it; `boost` (a rule's own certainty, 0..1): +1.5 times it.

Candidates with the same value form a cluster. Its confidence is 1 - (1-p1) * (1-p2)^0.5 * (1-p3)^0.5 over its three
strongest independent sources; sources are independent when rule or text block differ (a footer on thirty pages is one
source). Nothing is ever surer than `CEILING`.

For exclusive fields (one true value) a rival cluster with at least `RIVAL` of the winner's confidence is a conflict:
the decision goes to review, whatever its score. A decision below `FLOOR` is not made: the field stays empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pipelines.onboarding.extraction.records import Alternative, Candidate, Decision, Evidence, Item
from pipelines.onboarding.extraction.site import Site

ACCEPT = 0.7
FLOOR = 0.25
CEILING = 0.98
RIVAL = 0.7
DISPUTED = 0.6  # what a conflict leaves of a confidence, at most
WEIGHTS = {"voice": -3.0, "brand": 0.8, "other": -3.0, "belongs": 0.6, "foreign": -2.0, "hedge": -2.0, "boost": 1.5}
FOREIGN_PAGES = frozenset(
    ("blog", "article", "jobs", "press", "legal", "customers", "docs", "events", "listing", "account")
)
_NEAR_BLOCKS = 3


@dataclass(frozen=True, slots=True)
class Scored:
    candidate: Candidate
    strength: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Candidates that say the same; `members` strongest first, `confidence` theirs together."""

    members: tuple[Scored, ...]
    confidence: float

    @property
    def value(self) -> Any:
        return self.members[0].candidate.value

    @property
    def evidence(self) -> list[Evidence]:
        """The independent sources, strongest first, each with its own strength."""
        return [
            msgspec.structs.replace(member.candidate.evidence, confidence=round(member.strength, 3))
            for member in independent(self.members)
        ]


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def sigmoid(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def strength(
    candidate: Candidate,
    site: Site,
    *,
    base: float,
    belongs: Collection[str] = (),
    foreign: Collection[str] = FOREIGN_PAGES,
) -> float:
    """How likely one candidate alone is right, 0..1. `base` is its rule's rate; pages of type `belongs` raise it."""
    features = candidate.features
    odds = logit(base)
    if features.get("voice"):
        odds += WEIGHTS["voice"]
    subject = features.get("subject")
    if subject == "we" or (isinstance(subject, str) and subject and site.is_brand(subject)):
        odds += WEIGHTS["brand"]
    elif subject:
        odds += WEIGHTS["other"]
    if features.get("page") in belongs:
        odds += WEIGHTS["belongs"]
    elif features.get("page") in foreign:
        odds += WEIGHTS["foreign"]
    far = int(features.get("since_heading", 0)) - _NEAR_BLOCKS if features.get("by_heading") else 0
    odds -= min(2.0, 0.35 * max(0, far))
    odds += WEIGHTS["hedge"] * float(features.get("hedge", 0)) + WEIGHTS["boost"] * float(features.get("boost", 0))
    return min(CEILING, sigmoid(odds))


def independent(members: Sequence[Scored]) -> list[Scored]:
    """The strongest of each source: one per (rule, text block or page)."""
    seen: set[tuple[str, object]] = set()
    kept = []
    for member in sorted(members, key=lambda one: -one.strength):
        source = (
            member.candidate.evidence.rule,
            member.candidate.features.get("block") or member.candidate.evidence.quote,
        )
        if source not in seen:
            seen.add(source)
            kept.append(member)
    return kept


def together(members: Sequence[Scored]) -> float:
    """Confidence of agreeing sources (formula in the module's docstring)."""
    doubt = 1.0
    for rank, member in enumerate(independent(members)[:3]):
        doubt *= (1 - member.strength) ** (1.0 if rank == 0 else 0.5)
    return min(CEILING, 1 - doubt)


def cluster(scored: Sequence[Scored], same: Callable[[Any, Any], bool]) -> list[Cluster]:
    """Groups candidates whose values are the same, strongest cluster first. `same` compares two values."""
    heaps: list[list[Scored]] = []
    for one in sorted(scored, key=lambda one: -one.strength):
        for heap in heaps:
            if same(heap[0].candidate.value, one.candidate.value):
                heap.append(one)
                break
        else:
            heaps.append([one])
    found = [Cluster(tuple(heap), together(heap)) for heap in heaps]
    return sorted(found, key=lambda group: -group.confidence)


def settle(name: str, clusters: Sequence[Cluster], *, exclusive: bool) -> Decision | None:
    """The decision on a single-valued field: the strongest cluster, disputed when a rival comes close."""
    if not clusters or clusters[0].confidence < FLOOR:
        return None
    best, *others = clusters
    rivals = [other for other in others if other.confidence >= RIVAL * best.confidence]
    confidence = min(best.confidence, DISPUTED) if exclusive and rivals else best.confidence
    return Decision(
        field=name,
        value=best.value,
        confidence=round(confidence, 3),
        status="accepted" if confidence >= ACCEPT else "review",
        evidence=best.evidence[:5],
        alternatives=[Alternative(one.value, round(one.confidence, 3), one.evidence[:2]) for one in others[:4]],
    )


def settle_list(name: str, items: Sequence[Item]) -> Decision | None:
    """The decision on a list field. Items under `FLOOR` are left out; it is as sure as its accepted items' mean,
    or its best item when none is accepted; items below `ACCEPT` stay in as proposals with their own confidence."""
    kept = [item for item in items if item.confidence >= FLOOR]
    if not kept:
        return None
    sure = [item for item in kept if item.confidence >= ACCEPT]
    confidence = sum(item.confidence for item in sure) / len(sure) if sure else max(item.confidence for item in kept)
    return Decision(
        field=name,
        value=[item.value for item in kept],
        confidence=round(confidence, 3),
        status="accepted" if sure else "review",
        evidence=[item.evidence[0] for item in kept if item.evidence],
        items=kept,
    )
