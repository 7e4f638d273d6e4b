"""/api/analytics: what runs come to, from the figures that the counter keeps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from api.kit.identity import Principal
from api.kit.operation import operation
from api.runs.analytics_types import (
    Comparison,
    InGroups,
    InSteps,
    ModelView,
    Number,
    OfModels,
    OverviewView,
    PromptView,
    StepView,
)
from api.runs.periods import InPeriod, window_of
from store.kit.errors import InvalidInput
from store.runs import figures
from store.runs.figures import Window
from store.runs.records import Sums
from store.runs.windows import DAY, HOUR, floor

OTHER = "(other)"
LONGEST_BY_HOURS = timedelta(days=62)


class Overview:
    """/api/analytics/overview."""

    @operation("See what runs of a period come to", query=InPeriod, returns=OverviewView)
    def on_get(self, caller: Principal, query: InPeriod) -> OverviewView:
        """Right to the run within seconds. Percentiles come from buckets a fifth apart."""
        window = window_of(query)
        found, before = figures.overview(caller.workspace_id, window), window.before()
        previous, sums = figures.totals(caller.workspace_id, before), found.sums
        return OverviewView(
            total_runs=sums.runs,
            total_cost=dollars(sums.cost),
            total_tokens=sums.tokens,
            avg_cost_per_run=average_cost(sums),
            success_rate=success_rate(sums),
            avg_latency=average_latency(sums),
            p50_latency=_ms(found.percentile(0.5)),
            p95_latency=_ms(found.percentile(0.95)),
            p99_latency=_ms(found.percentile(0.99)),
            failed_runs=sums.failed,
            unpriced_runs=sums.runs - sums.priced,
            start_date=window.start,
            end_date=window.until(),
            period_comparison=Comparison(
                runs=sums.runs - previous.runs,
                cost=dollars(sums.cost - previous.cost),
                previous_runs=previous.runs,
                previous_cost=dollars(previous.cost),
                start_date=before.start,
                end_date=before.until(),
            ),
        )


class Models:
    """/api/analytics/models."""

    @operation("See runs by model", query=OfModels, returns=list[ModelView])
    def on_get(self, caller: Principal, query: OfModels) -> list[ModelView]:
        found = figures.groups(
            caller.workspace_id, "model", window_of(query), provider=query.provider, limit=query.limit
        )
        return [ModelView(model=row.name or OTHER, provider=row.provider, **_group(row.sums)) for row in found]


class Prompts:
    """/api/analytics/prompts."""

    @operation("See runs by prompt", query=InGroups, returns=list[PromptView])
    def on_get(self, caller: Principal, query: InGroups) -> list[PromptView]:
        found = figures.groups(caller.workspace_id, "prompt", window_of(query), limit=query.limit)
        return [PromptView(prompt_id=row.name or OTHER, **_group(row.sums)) for row in found]


class Timeline:
    """/api/analytics/timeline."""

    @operation("See runs by hours or days", query=InSteps, returns=list[StepView])
    def on_get(self, caller: Principal, query: InSteps) -> list[StepView]:
        """The first and last step hold only what lies in the period."""
        window, minutes = window_of(query), HOUR if query.interval == "hour" else DAY
        if minutes == HOUR and window.until() - window.start > LONGEST_BY_HOURS:
            raise InvalidInput(
                f"By hours a period has at most {LONGEST_BY_HOURS.days} days; choose `interval=day`.", field="interval"
            )
        return steps(window, dict(figures.timeline(caller.workspace_id, window, minutes)), minutes)


def steps(window: Window, known: dict[Any, Sums], minutes: int) -> list[StepView]:
    """Every step of the window, also those of which nothing is known."""
    at, found = floor(window.start, minutes), []
    last = max(window.until(), *known) if known else window.until()
    while at < last or at in known:
        sums = known.get(at) or Sums()
        found.append(
            StepView(
                date=at,
                runs=sums.runs,
                failed_runs=sums.failed,
                cost=dollars(sums.cost),
                tokens=sums.tokens,
                success_rate=success_rate(sums),
                avg_latency=average_latency(sums),
            )
        )
        at += timedelta(minutes=minutes)
    return found


def dollars(nano: Decimal) -> Number:
    """Nano-dollars as dollars."""
    return _number(Decimal(nano).scaleb(-9))


def average_cost(sums: Sums) -> Number | None:
    """Dollars a run whose cost is known, to the nano-dollar."""
    return dollars(round(sums.cost / sums.priced)) if sums.priced else None  # type: ignore[arg-type]


def success_rate(sums: Sums) -> Number | None:
    """Percent, to the hundredth."""
    return _number(round(Decimal(100 * (sums.runs - sums.failed)) / sums.runs, 2)) if sums.runs else None


def average_latency(sums: Sums) -> Number | None:
    """Milliseconds."""
    return _ms(sums.latency_us / sums.timed) if sums.timed else None


def _ms(microseconds: Decimal | float | None) -> Number | None:
    return None if microseconds is None else _number(round(Decimal(microseconds) / 1000, 2))


def _group(sums: Sums) -> dict[str, Any]:
    return {
        "runs": sums.runs,
        "cost": dollars(sums.cost) if sums.priced else None,
        "tokens": sums.tokens,
        "avg_cost": average_cost(sums),
        "success_rate": success_rate(sums),
        "avg_latency": average_latency(sums),
        "unpriced_runs": sums.runs - sums.priced,
    }


def _number(value: Decimal) -> Number:
    """1250 rather than 1250.0."""
    return int(value) if value == value.to_integral_value() else float(value)
