"""Windows are covered exactly, by the longest figures that fit; percentiles are within their bucket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.runs import latency
from store.runs.windows import DAY, HOUR, MINUTE, Piece, ceiling, floor, pieces

moments = st.integers(0, 2 * 366 * 86_400_000).map(
    lambda ms: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}Z")


@given(moments, moments)
def test_pieces_cover_a_window_exactly_and_are_few(one, other):
    start, end = min(one, other), max(one, other)
    found = pieces(start, end)

    if start == end:
        assert found == []
        return
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(piece.start < piece.end for piece in found)
    assert len(found) <= 7
    for piece in found:
        if piece.minutes:
            assert floor(piece.start, piece.minutes) == piece.start
            assert floor(piece.end, piece.minutes) == piece.end
        else:
            assert piece.end - piece.start < timedelta(minutes=2)  # no whole minute lies in it


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("03-01T00:00:00", "03-03T00:00:00", [("03-01T00:00:00", "03-03T00:00:00", DAY)]),
        ("03-01T10:00:00", "03-01T12:00:00", [("03-01T10:00:00", "03-01T12:00:00", HOUR)]),
        ("03-01T10:00:00", "03-01T10:00:30", [("03-01T10:00:00", "03-01T10:00:30", 0)]),
        ("03-01T23:59:30", "03-02T00:00:00", [("03-01T23:59:30", "03-02T00:00:00", 0)]),
        ("03-01T23:59:30", "03-02T01:01:00", [("03-01T23:59:30", "03-02T00:00:00", 0),
                                              ("03-02T00:00:00", "03-02T01:00:00", HOUR),
                                              ("03-02T01:00:00", "03-02T01:01:00", MINUTE)]),
    ],
)  # fmt: skip
def test_a_window_is_put_together_from_whole_spans(start, end, told):
    assert pieces(at(start), at(end)) == [Piece(at(a), at(b), minutes) for a, b, minutes in told]


@given(moments, st.sampled_from([MINUTE, HOUR, DAY]))
def test_boundaries_are_next_to_their_moment(moment, minutes):
    down, up = floor(moment, minutes), ceiling(moment, minutes)

    assert down <= moment <= up
    assert up - down in (timedelta(0), timedelta(minutes=minutes))


def bucket_of(microseconds: int) -> int:
    return sum(bound <= microseconds for bound in latency.BOUNDS)


@given(st.lists(st.integers(0, 400_000_000), min_size=1, max_size=200), st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_lies_in_the_bucket_of_the_run_that_it_stands_for(microseconds, share):
    packed = sum(latency.WEIGHTS[bucket_of(one)] for one in microseconds)
    ordered = sorted(microseconds)
    exact = ordered[max(-(-int(share * 10_000) * len(ordered) // 10_000) - 1, 0)]

    found = latency.percentile(packed, share, slowest_us=ordered[-1])

    place = bucket_of(exact)
    low = latency.BOUNDS[place - 1] if place else 0
    high = latency.BOUNDS[place] if place < latency.BUCKETS - 1 else ordered[-1]
    assert low <= found <= max(high, low)
    assert found <= ordered[-1] or place == bucket_of(ordered[-1])


def test_buckets_are_a_fifth_apart_and_reach_to_six_minutes():
    assert all(1.18 < after / before < 1.2 for before, after in pairwise(latency.BOUNDS))
    assert latency.BOUNDS[0] == 8000
    assert latency.BOUNDS[-1] > 360_000_000


@given(st.lists(st.integers(0, 10**11), min_size=latency.BUCKETS, max_size=latency.BUCKETS))
def test_counts_are_one_number_and_add_up(counts):
    packed = sum(count * weight for count, weight in zip(counts, latency.WEIGHTS, strict=True))

    assert latency.counts(packed) == counts
    assert latency.counts(packed * 2) == [2 * count for count in counts]
    assert latency.counts(0) == [0] * latency.BUCKETS


def test_nothing_has_no_percentile():
    assert latency.percentile(0, 0.5, slowest_us=0) is None
