"""How long tasks wait and run, by stage, counted for ever: the histograms of /metrics, whichever machine worked.

Worker processes add what they counted every few seconds; a crash loses at most that much of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from store.kit import db

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Upper bounds of the buckets in seconds; one more bucket has no bound. A change needs a migration of `counts`."""

What = Literal["run", "wait"]


class Durations(Struct):
    """One histogram: how many durations fell into each bucket, and their sum in seconds."""

    pipeline: str
    stage: str
    what: What
    counts: list[int]
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


def empty(pipeline: str, stage: str, what: What) -> Durations:
    """A histogram without a duration."""
    return Durations(pipeline, stage, what, [0] * (len(BOUNDS) + 1))


def add(cursor: Any, found: Sequence[Durations]) -> None:
    """Add to what is stored; in one order everywhere, so that two processes cannot block each other."""
    ordered = sorted(found, key=lambda one: (one.pipeline, one.stage, one.what))
    cursor.executemany(
        "INSERT INTO stage_duration AS known (pipeline, stage, what, counts, seconds) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (pipeline, stage, what) DO UPDATE SET seconds = known.seconds + excluded.seconds,"
        "   counts = (SELECT array_agg(a + b ORDER BY place) FROM"
        "             unnest(known.counts, excluded.counts) WITH ORDINALITY AS t(a, b, place))",
        [(one.pipeline, one.stage, one.what, one.counts, one.seconds) for one in ordered],
    )


def read() -> list[Durations]:
    """Every histogram."""
    found = db.rows("SELECT pipeline, stage, what, counts, seconds FROM stage_duration ORDER BY 1, 2, 3")
    return [Durations(*one) for one in found]
