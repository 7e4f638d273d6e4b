"""Schedules: jobs that start by the clock. A due row and its job move in one transaction, so none fires twice.

A time that passed while nothing ran fires once, not once for each missed time. Cron is read by the clock of the
schedule's zone: where it jumps over a time in spring that time fires right after, and in autumn it fires once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from pipelines.engine.submit import Submission, submit_in_transaction
from store.jobs import schedules as rows
from store.jobs.schedules import Schedule
from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.errors import DomainError, InvalidInput

logger = log.get("pipelines.engine.schedules")
FIELDS = 5


def times(cron: str, after: datetime, *, timezone: str = "UTC", count: int = 1) -> list[datetime]:
    """The next moments after `after`, in UTC, that the expression (five fields) names. Raises InvalidInput."""
    try:
        if len(cron.split()) != FIELDS:
            raise InvalidInput(f"{cron!r} is not a cron expression of five fields.", field="cron", value=cron)
        clock = CronSim(cron, after.astimezone(ZoneInfo(timezone)))
        return [next(clock).astimezone(UTC) for _ in range(count)]
    except StopIteration as error:  # the 31st of February
        raise InvalidInput(f"{cron!r} never comes.", field="cron", value=cron) from error
    except CronSimError as error:
        raise InvalidInput(f"{cron!r} is not a cron expression of five fields.", field="cron", value=cron) from error


def next_time(cron: str, after: datetime, *, timezone: str = "UTC") -> datetime:
    """As `times`, the first of them."""
    return times(cron, after, timezone=timezone)[0]


def put(
    workspace_id: str, name: str, *, cron: str, pipeline: str, job_input: Any, surface: str, timezone: str = "UTC"
) -> Schedule:
    """Make or change the workspace's schedule of this name."""
    return rows.put(
        workspace_id,
        name,
        cron=cron,
        timezone=timezone,
        pipeline=pipeline,
        job_input=job_input,
        surface=surface,
        next_at=next_time(cron, utc_now(), timezone=timezone),
    )


def fire_due() -> int:
    """Submit what is due; how many jobs were made."""
    fired = 0
    with db.transaction():
        for one in rows.due():
            job_id = error = None
            try:
                with db.database.atomic():  # a job that is refused half-way leaves nothing
                    job_id = submit_in_transaction(_submission(one)).id
                fired += 1
            except DomainError as refusal:
                error = f"{refusal.code}: {refusal.message}"
                logger.warning("schedule.refused", schedule_id=one.id, code=refusal.code)
            rows.move(one.id, next_at=next_time(one.cron, utc_now(), timezone=one.timezone), job_id=job_id, error=error)
    return fired


def _submission(one: Schedule) -> Submission:
    return Submission(
        workspace_id=one.workspace_id,
        pipeline=one.pipeline,
        input=one.input,
        surface=one.surface,
        created_by=one.id,
    )
