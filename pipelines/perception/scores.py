"""What a scan's numbers look like: every metric with its interval, its n, and why it is missing when it is.

Plain data, kept as JSON with the scan and safe to import anywhere; pipelines/perception/scoring makes it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DOCUMENTED = ("faithfulness", "shareOfVoice", "sentiment", "voiceAlignment", "hallucination")
"""The five metrics of the published contract, in its order."""
ADDED = ("visibility", "mentionRate", "avgPosition", "factCoverage", "citationShare")
METRICS = DOCUMENTED + ADDED
UNJUDGED = frozenset({"voiceAlignment", "citationShare"})
"""Read from the answer itself; the other metrics rest on judgements."""
BY_RULES = frozenset({"shareOfVoice", "visibility", "mentionRate", "avgPosition"})
"""Judged by the rules, whatever model is heard beside them."""

Quadrant = Literal["dominant", "misrepresented", "hidden_gem", "at_risk", "insufficient_data"]
Verdict = Literal["moved", "within_noise", "model_changed", "judge_changed", "insufficient_data"]
Reason = Literal["no_valid_answer", "no_unbranded_answer", "not_mentioned", "no_rivals", "no_checkable_claim", "not_ranked",
                 "no_facts", "no_voice_profile", "no_citation", "no_own_domain"]  # fmt: skip
SourceKind = Literal["own", "rival", "review", "social", "news", "reference", "other"]
# Decimals on the wire: percentages one, the rest two.
DECIMALS = {"sentiment": 2, "avgPosition": 2}


class Metric(Struct, frozen=True, kw_only=True):
    """`value` None means that there is no data (`reason` says why); it is never written as 0.

    `low` and `high` bound it at 95 %. `n` counts what was looked at: answers, claims, mentions or citations.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    method: Literal["wilson", "bootstrap"] | None = None
    reason: Reason | None = None


class Coverage(Struct, frozen=True, kw_only=True):
    """What became of the questions that were planned. `share` = valid / planned, None when nothing was."""

    planned: int = 0
    valid: int = 0
    empty: int = 0
    refused: int = 0
    truncated: int = 0
    absent: int = 0
    failed: int = 0
    share: float | None = None


class PlatformScore(Struct, frozen=True, kw_only=True):
    """One platform. `models` are the ids that answered."""

    platform: str
    metrics: dict[str, Metric]
    coverage: Coverage
    models: tuple[str, ...] = ()
    sandbox: bool = False


class SourceShare(Struct, frozen=True, kw_only=True):
    """A domain that answers cite: how many of its citations, in how many answers, on which platforms."""

    domain: str
    kind: SourceKind
    citations: int
    answers: int
    platforms: tuple[str, ...] = ()


class Thresholds(Struct, frozen=True, kw_only=True):
    """Where the quadrant was split: share of voice (the fair share of one brand) and accuracy."""

    share_of_voice: float
    accuracy: float


class Judging(Struct, frozen=True, kw_only=True):
    """Who judged the answers: so many by the rules alone, so many with a model as well. `reasons` count why a configured
    model is not heard in the former; `tokens` and `cost_nano` are what it used for this scan (None: no price is known)."""

    rules: int = 0
    with_model: int = 0
    model: str | None = None
    reasons: dict[str, int] = {}
    tokens: int = 0
    cost_nano: int | None = None


class ScanScore(Struct, frozen=True, kw_only=True):
    """A scan's result. `metrics` are means over the platforms; `missing` lists for each those that had no value.

    `quadrant_confidence` is the share of bootstrap draws that fall into the quadrant, None when it cannot be told.
    """

    metrics: dict[str, Metric]
    platforms: tuple[PlatformScore, ...]
    coverage: Coverage
    quadrant: Quadrant
    quadrant_confidence: float | None
    borderline: bool
    thresholds: Thresholds
    missing: dict[str, tuple[str, ...]] = {}
    sources: tuple[SourceShare, ...] = ()
    sandbox: bool = False
    score_version: str = ""
    judging: Judging | None = None


class Change(Struct, frozen=True, kw_only=True):
    """One metric, this scan against an earlier one, over the questions that both asked.

    `low` and `high` bound the difference at 95 %; `moved` means that they exclude 0.
    """

    verdict: Verdict
    current: float | None = None
    previous: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


class Comparison(Struct, frozen=True, kw_only=True):
    """`pairs` counts (question, platform) with valid answers in both scans; `models_changed` names platforms."""

    overall: dict[str, Change]
    platforms: dict[str, dict[str, Change]] = {}
    pairs: int = 0
    models_changed: tuple[str, ...] = ()


def shown(metric: str, value: float | None) -> float | int | None:
    """A value as it goes on the wire: rounded half-even, whole where it is whole (85, 92.3, 0.65)."""
    if value is None:
        return None
    rounded = round(value, DECIMALS.get(metric, 1))
    return int(rounded) if rounded == int(rounded) else rounded


def documented(metrics: dict[str, Metric]) -> dict[str, float | int | None]:
    """The contract's five numbers."""
    return {name: shown(name, metrics[name].value) for name in DOCUMENTED}
