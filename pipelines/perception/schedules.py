"""Scans by the clock: what a brand's schedule may be, kept as rows of the engine's schedules. Called by the API."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from pipelines.engine import schedules as engine
from pipelines.perception import pipeline as scanning
from pipelines.perception.pipeline import ScanInput
from store.accounts import workspace_details
from store.brands import queries
from store.brands.tables import Brand
from store.jobs import schedules as rows
from store.jobs.schedules import Schedule
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import InvalidInput, QuotaExceeded
from store.kit.ids import new_id
from store.kit.settings import settings

LOOKED_AT = 50  # firings that are looked at for two that are too close


def add(brand: Brand, *, cron: str, timezone: str, wish: ScanInput, surface: str) -> Schedule:
    """One more schedule. Raises InvalidInput that names the field, Unprocessable as a scan would, QuotaExceeded."""
    limits = settings().perception
    workspace_details.timezone(timezone)
    scanning.check(brand.workspace_id, wish, starts=False)
    firings = engine.times(cron, utc_now(), timezone=timezone, count=LOOKED_AT)
    closest = min(later - earlier for earlier, later in pairwise(firings))
    if closest < timedelta(minutes=limits.schedule_minutes):
        raise InvalidInput(
            f"`cron` comes again after {closest.total_seconds() / 60:g} minutes; scans are scheduled at least "
            f"{limits.schedule_minutes:g} minutes apart.",
            field="cron",
            value=cron,
        )
    with transaction():
        queries.lock(brand.workspace_id, brand.id)
        if len(of_brand(brand)) >= limits.max_schedules:
            raise QuotaExceeded(
                f"A brand has at most {limits.max_schedules} schedules; remove one first.",
                retry_after=timedelta(hours=1),
            )
        return engine.put(
            brand.workspace_id,
            f"{_prefix(brand)}{new_id('schedule')}",
            cron=cron,
            timezone=timezone,
            pipeline=scanning.PIPELINE.name,
            job_input=wish,
            surface=surface,
        )


def of_brand(brand: Brand) -> list[Schedule]:
    """The brand's schedules, oldest first."""
    return rows.named(brand.workspace_id, _prefix(brand))


def _prefix(brand: Brand) -> str:
    return f"scan:{brand.id}:"
