"""Latencies as counts in buckets, which can be added up: four to a doubling, from 8 ms to six minutes.

The counts of all buckets are one number, twelve decimal digits each, so that adding two such numbers adds every count: a
plain sum for Postgres, and as short as the few buckets that are used. A bucket's bounds are 19 % apart, so a percentile
that is read within one is off by less than that, and by a few percent where latencies lie densely.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

BUCKETS = 64
BOUNDS = tuple(round(8000 * 2 ** (step / 4)) for step in range(BUCKETS - 1))
"""Microseconds; bucket n holds what is at least BOUNDS[n - 1] and below BOUNDS[n]."""
ROOM = 10**12  # a count stays below it: 30 years of a thousand runs a second
WEIGHTS = tuple(ROOM**bucket for bucket in range(BUCKETS))
"""What one latency in bucket n adds to the number."""


def counts(packed: int) -> list[int]:
    """The counts that a number stands for."""
    return [packed // weight % ROOM for weight in WEIGHTS]


def percentile(packed: int, share: float, *, slowest_us: int) -> float | None:
    """The latency in microseconds that this share (0..1) of the runs does not exceed; None without runs.

    Within its bucket the runs are taken to lie evenly.
    """
    return _percentile(counts(packed), share, slowest_us)


def _percentile(known: Sequence[int], share: float, slowest_us: int) -> float | None:
    total = sum(known)
    if not total:
        return None
    wanted = share * total
    ends = list(accumulate(known))
    place = next(bucket for bucket, end in enumerate(ends) if end >= wanted and known[bucket])
    before = ends[place] - known[place]
    low = BOUNDS[place - 1] if place else 0
    high = min(BOUNDS[place], slowest_us) if place < BUCKETS - 1 else slowest_us
    return low + (max(high, low) - low) * (wanted - before) / known[place]
