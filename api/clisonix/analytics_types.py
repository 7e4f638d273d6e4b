"""Query and response types of /v1/analytics."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from api.kit.types import Snake
from store.usage.queries import Granularity

When = Annotated[str, Meta(max_length=40, examples=["2026-02-01", "2026-02-01T12:00:00Z"])]


class SummaryQuery(Snake):
    """ISO 8601 dates or moments. A date as `to` is included; a moment is where the range ends."""

    start: When = field(name="from")
    end: When = field(name="to")
    granularity: Granularity = "day"


class Period(Snake):
    """`date` is the period's first day; with `granularity=hour` its first moment."""

    date: str
    requests: int


class SummaryView(Snake):
    """`success_rate` is percent of requests answered below 400; it and `avg_latency_ms` are null without requests."""

    total_requests: int
    unique_users: int
    avg_latency_ms: int | None
    success_rate: float | None
    timeline: list[Period]
