"""Which figures make up a stretch of time: whole days, at its ends hours, then minutes, and what is left over is runs.

Pure. Windows are half-open, [start, end), in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

MINUTE, HOUR, DAY = 1, 60, 1440
SPANS = (DAY, HOUR, MINUTE)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Piece(Struct, frozen=True, order=True):
    """[start, end) to be read from figures of `minutes` each; 0: from the runs themselves."""

    start: datetime
    end: datetime
    minutes: int


def pieces(start: datetime, end: datetime, *, spans: tuple[int, ...] = SPANS) -> list[Piece]:
    """Adjoining pieces that cover [start, end) exactly, in order, each of the longest span that fits."""
    if start >= end:
        return []
    if not spans:
        return [Piece(start, end, 0)]
    span, smaller = spans[0], spans[1:]
    first, last = ceiling(start, span), floor(end, span)
    if first >= last:
        return pieces(start, end, spans=smaller)
    return [
        *pieces(start, first, spans=smaller),
        Piece(first, last, span),
        *pieces(last, end, spans=smaller),
    ]


def floor(moment: datetime, minutes: int) -> datetime:
    """The latest boundary of spans of `minutes` that is not after the moment."""
    step = timedelta(minutes=minutes)
    return EPOCH + (moment - EPOCH) // step * step


def ceiling(moment: datetime, minutes: int) -> datetime:
    """The earliest boundary of spans of `minutes` that is not before the moment."""
    down = floor(moment, minutes)
    return down if down == moment else down + timedelta(minutes=minutes)
