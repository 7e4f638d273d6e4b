"""Reading what runs come to: a window is put together from days, hours and minutes, and at its edges from runs.

A window is half-open. One without an end takes in everything that is there, also what clients with a fast clock sent.
Windows that begin before the oldest runs that are kept are widened to whole hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.runs import latency, partitions
from store.runs.count import Kind
from store.runs.records import Sums
from store.runs.windows import DAY, HOUR, SPANS, Piece, ceiling, floor, pieces

_SUMMED = "sum(runs)::bigint, sum(failed)::bigint, sum(priced)::bigint, sum(tokens)::bigint, sum(cost), sum(timed)::bigint, sum(latency_us)"
_COUNTED = """
    count(*) AS runs, count(*) FILTER (WHERE NOT success) AS failed, count(cost) AS priced,
    coalesce(sum(tokens), 0)::bigint AS tokens, coalesce(sum(cost), 0) AS cost, count(latency_us) AS timed,
    coalesce(sum(latency_us), 0) AS latency_us
"""
_FIGURES = "runs, failed, priced, tokens, cost, timed, latency_us"
_RUNS = "FROM run WHERE workspace_id = %s AND at >= %s AND at < %s"


class Window(Struct, frozen=True):
    """[start, end); without an end everything from `start` on."""

    start: datetime
    end: datetime | None = None

    def until(self) -> datetime:
        """Its end, or now."""
        return self.end or utc_now()

    def before(self) -> Window:
        """The window of equal length that ends where this one starts."""
        return Window(self.start - (self.until() - self.start), self.start)

    def pieces(self, spans: tuple[int, ...] = SPANS) -> list[Piece]:
        """What to read; see the module."""
        now = utc_now()
        kept, ahead = partitions.oldest(now), now + timedelta(seconds=settings().runs.ahead_seconds)
        start = floor(self.start, HOUR) if self.start < kept else self.start
        if self.end is None or self.end > ahead:
            end = ceiling(ahead, DAY) + timedelta(days=1)
        else:
            end = ceiling(self.end, HOUR) if self.end < kept else self.end
        return pieces(start, end, spans=spans)


class Overview(Struct):
    """Sums with latencies, as latency.py packs them: percentiles in microseconds by `percentile`."""

    sums: Sums
    latencies: int
    slowest_us: int

    def percentile(self, share: float) -> float | None:
        return latency.percentile(self.latencies, share, slowest_us=self.slowest_us)


class Row(Struct):
    """A model or prompt; `name` is empty for all that came too many on their day."""

    provider: str
    name: str
    sums: Sums


def overview(workspace_id: str, window: Window) -> Overview:
    """What the window comes to, with latencies."""
    parts = window.pieces()
    whole = Overview(Sums(), 0, 0)
    figures, values = _union("SELECT {columns}, slowest_us, latencies FROM run_total", workspace_id, parts)
    if figures:
        found = db.row(f"SELECT {_SUMMED}, max(slowest_us), sum(latencies) FROM ({figures}) AS part", values)
        if found and found[0] is not None:
            whole.sums.add(Sums(*found[:7]))
            whole.slowest_us, whole.latencies = int(found[7]), int(found[8])
    for piece in _raw(parts):
        for bucket, most, *numbers in db.rows(
            f"SELECT width_bucket(latency_us, %s), max(latency_us), {_COUNTED} {_RUNS} GROUP BY 1",
            (list(latency.BOUNDS), workspace_id, piece.start, piece.end),
        ):
            whole.sums.add(Sums(*numbers))
            if bucket is not None:
                whole.latencies += int(numbers[0]) * latency.WEIGHTS[bucket]
                whole.slowest_us = max(whole.slowest_us, int(most))
    return whole


def totals(workspace_id: str, window: Window) -> Sums:
    """What the window comes to."""
    whole = Sums()
    for _, sums in _by_time(workspace_id, window, SPANS, DAY):
        whole.add(sums)
    return whole


def timeline(workspace_id: str, window: Window, minutes: int) -> list[tuple[datetime, Sums]]:
    """What each span of `minutes` of the window comes to, in order; spans without runs are left out."""
    return _by_time(workspace_id, window, tuple(span for span in SPANS if span <= minutes), minutes)


def groups(workspace_id: str, kind: Kind, window: Window, *, provider: str | None = None, limit: int) -> list[Row]:
    """The models or prompts of the window, those with the most runs first."""
    parts = window.pieces((DAY, HOUR))
    only = "" if provider is None else " AND lower(provider) = lower(%s)"
    more = () if provider is None else (provider,)
    figures, values = _union(
        "SELECT provider, name, {columns} FROM run_group", workspace_id, parts, f" AND kind = %s{only}", (kind, *more)
    )  # fmt: skip
    named = "provider, model" if kind == "model" else "'' AS provider, prompt_id"
    selects = [figures] if figures else []
    for piece in _raw(parts):
        selects.append(f"SELECT {named} AS name, {_COUNTED} {_RUNS}{only} GROUP BY 1, 2")
        values += (workspace_id, piece.start, piece.end, *more)
    if not selects:
        return []
    found = db.rows(
        f"SELECT provider, name, {_SUMMED} FROM ({' UNION ALL '.join(selects)}) AS part GROUP BY 1, 2"
        " ORDER BY 3 DESC, 2, 1 LIMIT %s",
        (*values, limit),
    )
    return [Row(provider=row[0], name=row[1], sums=Sums(*row[2:])) for row in found]


def _by_time(workspace_id: str, window: Window, spans: tuple[int, ...], minutes: int) -> list[tuple[datetime, Sums]]:
    parts = window.pieces(spans)
    figures, values = _union("SELECT at, {columns} FROM run_total", workspace_id, parts)
    selects = [figures] if figures else []
    for piece in _raw(parts):
        selects.append(f"SELECT min(at), {_COUNTED} {_RUNS} HAVING count(*) > 0")
        values += (workspace_id, piece.start, piece.end)
    if not selects:
        return []
    found: dict[datetime, Sums] = {}
    for at, *numbers in db.rows(" UNION ALL ".join(selects), values):
        found.setdefault(floor(at, minutes), Sums()).add(Sums(*numbers))
    return sorted(found.items())


def _union(
    select: str, workspace_id: str, parts: Sequence[Piece], condition: str = "", more: tuple[Any, ...] = ()
) -> tuple[str, tuple[Any, ...]]:
    """One SELECT for each piece that figures cover; index: the tables' primary keys."""
    selects, values = [], ()
    for piece in parts:
        if piece.minutes:
            selects.append(
                f"{select.format(columns=_FIGURES)} WHERE workspace_id = %s{condition}"
                " AND minutes = %s AND at >= %s AND at < %s"
            )
            values += (workspace_id, *more, piece.minutes, piece.start, piece.end)
    return " UNION ALL ".join(selects), values


def _raw(parts: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in parts if not piece.minutes]
