"""How a report writes numbers, changes and days."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from math import ceil, log10

from msgspec import Struct

from pipelines.runs.exports.report.content import Content
from store.alerts.queries import Fired
from store.runs import rates
from store.runs.records import Sums

NONE = "–"
NOTHING = 0.005  # a change that is shown as 0 %
UNITS = {"COST_SPIKE": "$ a day", "HIGH_ERROR_RATE": "% of runs failed", "SLOW_RESPONSE": "ms on average"}
TITLES = {"COST_SPIKE": "Daily cost", "HIGH_ERROR_RATE": "Error rate", "SLOW_RESPONSE": "Slow answers"}


class Tile(Struct):
    """A figure at the head of a report. `tone` says whether its change is good, bad or neither."""

    title: str
    value: str
    change: str
    tone: str


def tiles(content: Content) -> list[Tile]:
    """The figures at the head, each beside the period before."""
    now, before = content.overview.sums, content.previous
    return [
        _tile("Runs", whole(now.runs), now.runs, before.runs),
        _tile("Cost", money(rates.dollars(now.cost)), now.cost, before.cost, less_is_better=True),
        _tile("Tokens", whole(now.tokens), now.tokens, before.tokens),
        _points("Success rate", now, before),
        _tile("Average latency", latency(rates.average_latency(now)), _mean(now), _mean(before), less_is_better=True),
        Tile("95 % are faster than", latency(rates.milliseconds(content.overview.percentile(0.95))), "", "plain"),
    ]  # fmt: skip


def period(content: Content) -> str:
    """`1 March 2026 to 31 March 2026, UTC`."""
    return f"{day(content.window.start)} to {day(content.window.until())}, UTC"


def made(content: Content) -> str:
    return f"Made on {content.made_at.astimezone(UTC):%d %B %Y at %H:%M} UTC by Millrace"


def day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).day} {moment.astimezone(UTC):%B %Y}"


def short_day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).day} {moment.astimezone(UTC):%b}"


def span(one: Fired) -> tuple[str, str]:
    """From when to when an alert's threshold was passed, to the minute."""
    return _minute(one.started_at), "still on" if one.ended_at is None else _minute(one.ended_at)


def whole(number: int) -> str:
    return f"{number:,}"


def money(dollars: float | None) -> str:
    """Two digits behind the point, of small amounts two that say something."""
    if dollars is None:
        return NONE
    digits = 2 if not dollars or dollars >= 0.1 else min(ceil(-log10(dollars)) + 1, 9)
    return f"${dollars:,.{digits}f}"


def percent(number: float | None) -> str:
    return NONE if number is None else f"{number:.2f} %"


def amount(number: float) -> str:
    """A value of an alert: at most two digits behind the point."""
    return f"{number:,.2f}".removesuffix("00").removesuffix(".")


def latency(ms: float | None) -> str:
    if ms is None:
        return NONE
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.0f} ms"


def notes(content: Content) -> list[str]:
    """What a reader should know of the figures."""
    sums = content.overview.sums
    found = []
    if unpriced := sums.runs - sums.priced:
        has, its = ("has", "its") if unpriced == 1 else ("have", "their")
        found.append(
            f"{whole(unpriced)} of the {whole(sums.runs)} runs {has} no price: {its} model is in no price list, or nothing"
            f" was told of {its} tokens. Costs are those of the others."
        )
    if content.days_a_step > 1:
        found.append(f"Each step of the charts is {content.days_a_step} days.")
    return found


def _minute(moment: datetime) -> str:
    return f"{short_day(moment)} {moment.astimezone(UTC):%Y, %H:%M}"


def _tile(
    title: str,
    value: str,
    now: Decimal | int | None,
    before: Decimal | int | None,
    *,
    less_is_better: bool | None = None,
) -> Tile:
    if not now or not before:
        return Tile(title, value, "", "plain")
    change = float(now) / float(before) - 1
    if abs(change) < NOTHING:
        return Tile(title, value, "±0%", "plain")
    told = f"{change:+.0%}" if abs(change) < 10 else f"× {change + 1:.0f}"
    return Tile(title, value, told, _tone(change, less_is_better=less_is_better))


def _points(title: str, now: Sums, before: Sums) -> Tile:
    rate, earlier = rates.success_rate(now), rates.success_rate(before)
    if rate is None or earlier is None:
        return Tile(title, percent(rate), "", "plain")
    return Tile(title, percent(rate), f"{rate - earlier:+.2f} points", _tone(rate - earlier, less_is_better=False))


def _tone(change: float, *, less_is_better: bool | None) -> str:
    if less_is_better is None or abs(change) < 0.005:
        return "plain"
    return "good" if (change < 0) == less_is_better else "bad"


def _mean(sums: Sums) -> Decimal | None:
    return sums.latency_us / sums.timed if sums.timed else None
