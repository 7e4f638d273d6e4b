"""Request and response types of /api/aeo/schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel
from pipelines.perception.pipeline import MAX_PROMPTS_EVER, Category
from store.brands.values import Label


class OfSchedules(Camel):
    """Which brand."""

    brand360_id: Label


class AddSchedule(Camel, kw_only=True):
    """When to scan and what to ask. `cron` has five fields and is read by the clock of `timezone`.

    Without `platforms` the five documented ones.
    """

    brand360_id: Label
    cron: Annotated[str, Meta(min_length=1, max_length=200, examples=["0 6 * * MON"])]
    timezone: Annotated[str, Meta(max_length=100, examples=["Europe/Berlin"])] = "UTC"
    platforms: Annotated[list[str], Meta(min_length=1, max_length=50)] | None = None
    prompt_count: Annotated[int, Meta(ge=1, le=MAX_PROMPTS_EVER)] = 10
    repeats: Annotated[int, Meta(ge=1, le=10)] | None = None
    categories: Annotated[list[Category], Meta(min_length=1, max_length=3)] | None = None
    max_spend: Annotated[float, Meta(ge=0, description="Dollars")] | None = None


class ScheduleView(Camel, kw_only=True):
    """A schedule, its next firings, and what the last one came to. A time that was missed fires once, late.

    `lastError` says why the last firing began no scan.
    """

    id: str
    brand360_id: str
    cron: str
    timezone: str
    platforms: list[str]
    prompt_count: int
    next_run_at: datetime
    next_runs: list[datetime]
    last_run_at: datetime | UnsetType = UNSET
    last_job_id: str | UnsetType = UNSET
    last_scan_id: str | UnsetType = UNSET
    last_error: str | UnsetType = UNSET
    created_at: datetime


class Removed(Camel):
    deleted: bool = True
