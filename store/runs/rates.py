"""What sums come to for people: dollars, percent, milliseconds. An average of nothing is None."""

from __future__ import annotations

from decimal import Decimal

from store.runs.records import Sums

Number = float | int


def dollars(nano: Decimal) -> Number:
    """Nano-dollars as dollars."""
    return number(Decimal(nano).scaleb(-9))


def average_cost(sums: Sums) -> Number | None:
    """Dollars a run whose cost is known, to the nano-dollar."""
    return dollars(Decimal(round(sums.cost / sums.priced))) if sums.priced else None


def success_rate(sums: Sums) -> Number | None:
    """Percent, to the hundredth."""
    return number(round(Decimal(100 * (sums.runs - sums.failed)) / sums.runs, 2)) if sums.runs else None


def average_latency(sums: Sums) -> Number | None:
    """Milliseconds, over the runs that have a latency."""
    return milliseconds(sums.latency_us / sums.timed) if sums.timed else None


def milliseconds(microseconds: Decimal | float | None) -> Number | None:
    """To the hundredth."""
    return None if microseconds is None else number(round(Decimal(microseconds) / 1000, 2))


def number(value: Decimal | float) -> Number:
    """1250 rather than 1250.0."""
    return int(value) if value == int(value) else float(value)
