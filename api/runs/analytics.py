"""/api/analytics: what runs come to, from the figures that the counter keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.kit.identity import Principal
from api.kit.operation import operation
from api.runs.analytics_types import (
    Comparison,
    InGroups,
    InSteps,
    ModelView,
    OfModels,
    OverviewView,
    PromptView,
    StepView,
)
from api.runs.periods import InPeriod, window_of
from store.kit.errors import InvalidInput
from store.runs import figures
from store.runs.figures import Window
from store.runs.rates import average_cost, average_latency, dollars, milliseconds, success_rate
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
            p50_latency=milliseconds(found.percentile(0.5)),
            p95_latency=milliseconds(found.percentile(0.95)),
            p99_latency=milliseconds(found.percentile(0.99)),
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
