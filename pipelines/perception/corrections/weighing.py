"""Whether asking again showed less of a problem than before, and how often to ask for that to be told. Pure.

The problem is gone when Wilson's upper bound of its share now lies under its old share. A problem that seldom showed
needs many answers before its absence means anything, so few questions are asked more often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Literal

from msgspec import Struct

from pipelines.perception.records import Cell
from pipelines.perception.scoring.sampling import Z95, wilson

MAX_REPEATS = 10  # the bound of a scan
MIN_ANSWERS = 3  # fewer that came prove nothing, however good they are

Reason = Literal["still_shown", "too_few_answers", "fact_gone"]


class Weighed(Struct, frozen=True, kw_only=True, rename="camel"):
    """`before` and `after` are shares (0..1); `low` and `high` bound the new one at 95 %. `reason` says why not."""

    is_verified: bool
    reason: Reason | None
    before: float
    after: float | None
    k: int
    n: int
    low: float | None = None
    high: float | None = None


def repeats_for(before: float, *, cells: int, at_least: int) -> int:
    """How often to ask each question of each platform (`cells` of them) so that no showing at all would be proof.

    With 0 of n the upper bound is z²/(n+z²), which is under `before` from n > z²(1-before)/before on.
    """
    enough = Z95**2 * (1 - before) / before + 1 if before > 0 else MAX_REPEATS * cells
    return min(max(ceil(enough / max(cells, 1)), at_least), MAX_REPEATS)


def weigh(before: float, cells: Sequence[Cell], shows: Callable[[Cell], bool]) -> Weighed:
    """The answers to the same questions, now."""
    valid = [cell for cell in cells if cell.state == "valid" and cell.judgement is not None]
    hits = sum(map(shows, valid))
    if len(valid) < MIN_ANSWERS:
        after = hits / len(valid) if valid else None
        return Weighed(is_verified=False, reason="too_few_answers", before=before, after=after, k=hits, n=len(valid))
    low, high = wilson(hits, len(valid))
    is_less = high < before
    reason: Reason | None = None if is_less else "still_shown" if hits else "too_few_answers"
    return Weighed(
        is_verified=is_less,
        reason=reason,
        before=before,
        after=hits / len(valid),
        k=hits,
        n=len(valid),
        low=low,
        high=high,
    )
