"""Query and response types of /api/analytics."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from api.kit.types import Camel
from api.runs.periods import InPeriod
from store.runs.rates import Number


class InGroups(InPeriod):
    """How many rows at most; those with the most runs come first."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class OfModels(InGroups):
    """Only the models of one provider."""

    provider: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class InSteps(InPeriod):
    """`interval` is the length of a step; by hours at most 62 days."""

    interval: Literal["hour", "day"] = "day"


class Comparison(Camel):
    """Against the window of equal length just before: `runs` and `cost` are how much more this one has."""

    runs: int
    cost: Number
    previous_runs: int
    previous_cost: Number
    start_date: datetime
    end_date: datetime


class OverviewView(Camel):
    """Rates in percent, latencies in milliseconds, costs in dollars. Averages of nothing are null.

    `avgCostPerRun` is over the runs whose cost is known, `avgLatency` over those that have a latency.
    """

    total_runs: int
    total_cost: Number
    total_tokens: int
    avg_cost_per_run: Number | None
    success_rate: Number | None
    avg_latency: Number | None
    p50_latency: Number | None
    p95_latency: Number | None
    p99_latency: Number | None
    failed_runs: int
    unpriced_runs: int
    start_date: datetime
    end_date: datetime
    period_comparison: Comparison


class ModelView(Camel):
    """One model at one provider; `cost` is null while no run of it has a price. "(other)": what came too many on its day."""

    model: str
    provider: str
    runs: int
    cost: Number | None
    tokens: int
    avg_cost: Number | None
    success_rate: Number | None
    avg_latency: Number | None
    unpriced_runs: int


class PromptView(Camel):
    """One prompt; see ModelView."""

    prompt_id: str
    runs: int
    cost: Number | None
    tokens: int
    avg_cost: Number | None
    success_rate: Number | None
    avg_latency: Number | None
    unpriced_runs: int


class StepView(Camel):
    """One step of the timeline, from `date` on; steps without runs are there as well."""

    date: datetime
    runs: int
    failed_runs: int
    cost: Number
    tokens: int
    success_rate: Number | None
    avg_latency: Number | None
