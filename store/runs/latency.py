"""Latencies as counts in buckets, which can be added up: four to a doubling, from 8 ms to six minutes.

A bucket's bounds are 19 % apart, so a percentile that is read within one is off by less than that, and by a few
percent where latencies lie densely.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

BUCKETS = 64
BOUNDS = tuple(round(8000 * 2 ** (step / 4)) for step in range(BUCKETS - 1))
"""Microseconds; bucket n holds what is at least BOUNDS[n - 1] and below BOUNDS[n]."""


def percentile(counts: Sequence[int], share: float, *, slowest_us: int) -> float | None:
    """The latency in microseconds that this share (0..1) of the runs does not exceed; None without runs.

    Within its bucket the runs are taken to lie evenly.
    """
    total = sum(counts)
    if not total:
        return None
    wanted = share * total
    ends = list(accumulate(counts))
    place = next(bucket for bucket, end in enumerate(ends) if end >= wanted and counts[bucket])
    before = ends[place] - counts[place]
    low = BOUNDS[place - 1] if place else 0
    high = min(BOUNDS[place], slowest_us) if place < BUCKETS - 1 else slowest_us
    return low + (max(high, low) - low) * (wanted - before) / counts[place]


def merged(many: Sequence[Sequence[int]]) -> list[int]:
    """The counts of all together."""
    return [sum(bucket) for bucket in zip(*many, strict=True)] if many else [0] * BUCKETS
