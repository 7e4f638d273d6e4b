"""Rows of schedules: what the clock starts, by whose zone, and what the last firing came to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from store.kit import db
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id


class Schedule(Struct, frozen=True):
    """`cron` is read by the clock of `timezone`. `last_error` (code, then sentence) is why the last firing made no job."""

    id: str
    workspace_id: str
    name: str
    cron: str
    timezone: str
    pipeline: str
    surface: str
    input: Any
    enabled: bool
    next_at: datetime
    last_at: datetime | None
    last_job_id: str | None
    last_error: str | None
    created_at: datetime


_COLUMNS = ", ".join(Schedule.__struct_fields__)


def put(
    workspace_id: str,
    name: str,
    *,
    cron: str,
    timezone: str,
    pipeline: str,
    job_input: Any,
    surface: str,
    next_at: datetime,
) -> Schedule:
    """Make or change the workspace's schedule of this name."""
    found = db.row(
        "INSERT INTO schedule (id, workspace_id, name, cron, timezone, pipeline, surface, input, next_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (workspace_id, name) DO UPDATE"
        " SET cron = excluded.cron, timezone = excluded.timezone, pipeline = excluded.pipeline,"
        f"    input = excluded.input, next_at = excluded.next_at, enabled = true RETURNING {_COLUMNS}",
        (
            new_id("schedule"),
            workspace_id,
            name,
            cron,
            timezone,
            pipeline,
            surface,
            msgspec.json.encode(job_input).decode(),
            next_at,
        ),
    )
    assert found
    return Schedule(*found)


def named(workspace_id: str, prefix: str) -> list[Schedule]:
    """Those whose name begins so, oldest first; a workspace has few (its own unique index serves)."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM schedule WHERE workspace_id = %s AND starts_with(name, %s) ORDER BY id LIMIT 1000",
        (workspace_id, prefix),
    )
    return [Schedule(*one) for one in found]


def remove(workspace_id: str, schedule_id: str) -> None:
    """Nothing starts by it any more. Raises NotFound, also for another workspace's."""
    gone = is_id("schedule", schedule_id) and db.row(
        "DELETE FROM schedule WHERE workspace_id = %s AND id = %s RETURNING 1", (workspace_id, schedule_id)
    )
    if not gone:
        raise NotFound("There is no such schedule.", field="scheduleId", value=schedule_id)


def due(*, limit: int = 100) -> list[Schedule]:
    """Within the caller's transaction: schedules whose time has come, locked."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM schedule WHERE enabled AND next_at <= now() ORDER BY next_at LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        (limit,),
    )
    return [Schedule(*one) for one in found]


def move(schedule_id: str, *, next_at: datetime, job_id: str | None, error: str | None) -> None:
    """Within the same transaction: what this firing came to, and the next time it is due."""
    db.rows(
        "UPDATE schedule SET next_at = %s, last_at = now(), last_job_id = coalesce(%s, last_job_id), last_error = %s"
        " WHERE id = %s",
        (next_at, job_id, error, schedule_id),
    )
