"""Whether asking again showed less of a problem than before, and how often to ask for that to be told. Pure.

The problem is gone when Wilson's upper bound of its share now lies under its old share, and the share itself is at most
half of the old one: a claim that is told in every second answer instead of in all is less, and not gone. A problem that
seldom showed needs many answers before its absence means anything, so few questions are asked more often.

The questions asked again are those that showed it, chosen because they did: their own old share would flatter what
comes now. The old share is therefore that of all answers of the scan that said anything of the matter, on the platforms
that showed the problem: answers of the others would make it smaller than what comes now could be.

In the sandbox what was approved counts as published and is believed at once. There the question is only whether it was
about the right thing, and no answer that shows the problem says so, however seldom it showed before.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Literal

from msgspec import Struct

from pipelines.perception.insights.showing import Probe
from pipelines.perception.records import Cell
from pipelines.perception.scoring.sampling import Z95, wilson

MAX_REPEATS = 10  # the bound of a scan
MIN_ANSWERS = 3  # fewer that came prove nothing, however good they are

Reason = Literal["still_shown", "too_few_answers", "fact_gone"]


class Weighed(Struct, frozen=True, kw_only=True, rename="camel"):
    """`before` and `after` are shares (0..1), `after` is `k` of `n`; `low` and `high` bound it at 95 %. `reason` says why not."""

    is_verified: bool
    reason: Reason | None
    before: float
    after: float | None
    k: int
    n: int
    low: float | None = None
    high: float | None = None


def old_share(k: int, n: int) -> float:
    """What the share now must be surely under: k of n, or less when few answers made it large.

    One wrong answer of one is not 100 %: the centre of Wilson's interval, which lies towards a half, bounds it.
    """
    return min(k / n, (k + Z95**2 / 2) / (n + Z95**2))


def repeats_for(before: float, *, cells: int, at_least: int) -> int:
    """How often to ask each question of each platform (`cells` of them) so that no showing at all would be proof.

    With 0 of n the upper bound is z²/(n+z²), which is under `before` from n > z²(1-before)/before on.
    """
    enough = Z95**2 * (1 - before) / before + 1 if before > 0 else MAX_REPEATS * cells
    return min(max(ceil(enough / max(cells, 1)), at_least), MAX_REPEATS)


def weigh(before: float, cells: Sequence[Cell], probe: Probe, *, is_believed: bool = False) -> Weighed:
    """The answers to the same questions, now: those that say anything of the matter, or all where hardly any does.

    `is_believed`: they are the sandbox's, and the correction was approved.
    """
    valid = [cell for cell in cells if cell.state == "valid" and cell.judgement is not None]
    speaking = [cell for cell in valid if probe.applies(cell)]
    counted = speaking if len(speaking) >= MIN_ANSWERS else valid
    hits = sum(map(probe.shows, counted))
    after = hits / len(counted) if counted else None
    if after is None or len(counted) < MIN_ANSWERS:
        reason: Reason = "too_few_answers"
        return Weighed(is_verified=False, reason=reason, before=before, after=after, k=hits, n=len(counted))
    low, high = wilson(hits, len(counted))
    is_gone = (high < before and after <= before / 2) or (is_believed and not hits)
    return Weighed(
        is_verified=is_gone,
        reason=None if is_gone else "still_shown" if hits else "too_few_answers",
        before=before,
        after=after,
        k=hits,
        n=len(counted),
        low=low,
        high=high,
    )
