"""/api/aeo/schedules: scans that start by the clock. Our own addition to the contract, in its shape."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.vistralai.aeo.schedule_types import AddSchedule, OfSchedules, Removed, ScheduleView
from pipelines.engine.schedules import times
from pipelines.perception import schedules
from pipelines.perception.pipeline import ScanInput
from store.brands import queries as brands
from store.jobs import schedules as rows
from store.jobs.schedules import Schedule
from store.kit.sections import DOCUMENTED_PLATFORMS
from store.perception import scans

SHOWN = 3


class Schedules:
    """/api/aeo/schedules."""

    @operation("List a brand's scheduled scans", query=OfSchedules, returns=list[ScheduleView])
    def on_get(self, caller: Principal, query: OfSchedules) -> list[ScheduleView]:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        found = schedules.of_brand(brand)
        made = scans.ids_of_jobs(caller.workspace_id, [one.last_job_id for one in found if one.last_job_id])
        return [_view(one, brand.label, made) for one in found]

    @operation("Schedule scans of a brand", body=AddSchedule, returns=ScheduleView, status=201)
    def on_post(self, caller: Principal, body: AddSchedule, request: Request) -> ScheduleView:
        brand = brands.get(caller.workspace_id, body.brand360_id, field="brand360Id")
        wish = ScanInput(
            brand360_id=brand.id,
            platforms=body.platforms or list(DOCUMENTED_PLATFORMS),
            prompt_count=body.prompt_count,
            repeats=body.repeats,
            categories=body.categories,
            max_spend=body.max_spend,
        )
        made = schedules.add(brand, cron=body.cron, timezone=body.timezone, wish=wish, surface=request.surface.name)
        return _view(made, brand.label, {})


class ScheduleById:
    """/api/aeo/schedules/{scheduleId}."""

    @operation("Remove a scheduled scan", returns=Removed)
    def on_delete(self, caller: Principal, schedule_id: str) -> Removed:
        """Scans that it began go on."""
        rows.remove(caller.workspace_id, schedule_id)
        return Removed()


def _view(one: Schedule, label: str, scan_ids: dict[str, str]) -> ScheduleView:
    def held(value: Any) -> Any:
        return UNSET if value is None else value

    return ScheduleView(
        id=one.id,
        brand360_id=label,
        cron=one.cron,
        timezone=one.timezone,
        platforms=one.input["platforms"],
        prompt_count=one.input["promptCount"],
        next_run_at=one.next_at,
        next_runs=[one.next_at, *times(one.cron, one.next_at, timezone=one.timezone, count=SHOWN - 1)],
        last_run_at=held(one.last_at),
        last_job_id=held(one.last_job_id),
        last_scan_id=held(scan_ids.get(one.last_job_id or "")),
        last_error=held(one.last_error),
        created_at=one.created_at,
    )
