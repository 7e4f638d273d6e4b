"""Request and response types of /api/alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel

Type = Literal["COST_SPIKE", "HIGH_ERROR_RATE", "SLOW_RESPONSE"]
Threshold = Annotated[float, Meta(ge=0, le=1e12, examples=[100])]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
MinRuns = Annotated[int, Meta(ge=1, le=1_000_000)]
WindowMinutes = Annotated[int, Meta(ge=1, le=1440)]


class CreateAlert(Camel):
    """`threshold` is in dollars a day (UTC), in percent of failed runs, or in milliseconds on average; more triggers.

    Nothing triggers on fewer than `minRuns` runs. Errors and latency are those of the last `windowMinutes`.
    """

    type: Type
    threshold: Threshold
    name: Name | None = None
    min_runs: MinRuns = 1
    window_minutes: WindowMinutes | None = None
    is_active: bool = True


class ChangeAlert(Camel):
    """What is left out stays."""

    type: Type | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET
    min_runs: MinRuns | UnsetType = UNSET
    window_minutes: WindowMinutes | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class AlertView(Camel):
    """`actual` is what was found last, in the unit of `threshold`; null while there are no runs to say."""

    id: str
    type: Type
    threshold: float | int
    name: str | None
    min_runs: int
    window_minutes: int | None
    is_active: bool
    state: Literal["ok", "firing"]
    actual: float | int | None
    last_triggered_at: datetime | None
    created_at: datetime
    updated_at: datetime


class AlertList(Camel):
    """All of the workspace's, oldest first."""

    alerts: list[AlertView]


class OfHistory(Camel):
    """Which page; newest first."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class EpisodeView(Camel):
    """One time that the threshold was passed: `actual` is what it began with, `worst` the highest until it ended."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    ended_because: Literal["recovered", "switched_off"] | None
    threshold: float | int
    actual: float | int
    worst: float | int
    runs: int


class History(Camel):
    episodes: list[EpisodeView]
    next_cursor: str | None
    has_more: bool


class Deleted(Camel):
    """It is gone."""

    id: str
    deleted: bool = True
