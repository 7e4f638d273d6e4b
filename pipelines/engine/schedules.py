"""Schedules: jobs that start by the clock. A due row and its job move in one transaction, so none fires twice.

A time that passed while nothing ran fires once, not once for each missed time. Cron in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from cronsim import CronSim, CronSimError

from pipelines.engine.submit import Submission, submit_in_transaction
from store.jobs import repair
from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.errors import DomainError, InvalidInput
from store.kit.ids import new_id

logger = log.get("pipelines.engine.schedules")


def next_time(cron: str, after: datetime) -> datetime:
    """The first moment after `after` that the expression (five fields, UTC) names. Raises InvalidInput."""
    try:
        return next(CronSim(cron, after))
    except (CronSimError, StopIteration) as error:
        raise InvalidInput(f"{cron!r} is not a cron expression of five fields.", field="cron") from error


def put(workspace_id: str, name: str, *, cron: str, pipeline: str, job_input: Any, surface: str) -> str:
    """Make or change the workspace's schedule of this name; its id."""
    found = db.row(
        "INSERT INTO schedule (id, workspace_id, name, cron, pipeline, surface, input, next_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (workspace_id, name) DO UPDATE"
        " SET cron = excluded.cron, pipeline = excluded.pipeline, input = excluded.input, next_at = excluded.next_at,"
        "     enabled = true RETURNING id",
        (
            new_id("schedule"),
            workspace_id,
            name,
            cron,
            pipeline,
            surface,
            msgspec.json.encode(job_input).decode(),
            next_time(cron, utc_now()),
        ),
    )
    assert found
    return str(found[0])


def fire_due() -> int:
    """Submit what is due; how many jobs were made."""
    fired = 0
    with db.transaction(), db.database.connection().cursor() as cursor:
        for row in repair.due_schedules(cursor):
            try:
                submit_in_transaction(
                    Submission(
                        workspace_id=row["workspace_id"],
                        pipeline=row["pipeline"],
                        input=row["input"],
                        surface=row["surface"],
                        created_by=row["id"],
                    )
                )
                fired += 1
            except DomainError as error:
                logger.warning("schedule.refused", schedule_id=row["id"], code=error.code)
            repair.move_schedule(cursor, row["id"], next_at=next_time(row["cron"], utc_now()))
    return fired
