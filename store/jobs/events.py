"""The one ordered log: writing a line of it, and reading it without skipping late committers.

Ids are given before commit, so a reader that goes by id alone would pass a transaction that commits later.
Every line carries its transaction id, and only lines below the oldest transaction still running are served:
the cursor (xid, id) never moves past something that is yet to appear.
"""

from __future__ import annotations

from typing import Any

import msgspec

from store.jobs.records import Event, NewEvent
from store.jobs.wake import Pusher
from store.kit import db
from store.kit.errors import Gone, InvalidInput

_COLUMNS = "xid::text::bigint, id, workspace_id, job_id, type, data, created_at"
_VISIBLE = "xid < pg_snapshot_xmin(pg_current_snapshot())"
START = (0, 0)

Cursor = tuple[int, int]


def write(cursor: Any, event: NewEvent) -> None:
    """Write one line within the transaction of a plain cursor; the caller rings once it has committed."""
    cursor.execute(
        "INSERT INTO event (workspace_id, job_id, type, data) VALUES (%s, %s, %s, %s)",
        (event.workspace_id, event.job_id, event.type, msgspec.json.encode(event.data).decode()),
    )


def tell(workspace_id: str, kind: str, data: dict[str, Any], *, job_id: str | None = None) -> None:
    """Write one line within the caller's db.transaction(): true if and when that commits; its readers are rung then."""
    with db.database.connection().cursor() as cursor:
        write(cursor, NewEvent(workspace_id=workspace_id, job_id=job_id, type=kind, data=data))
    db.after_commit(_ring)


def _ring() -> None:
    Pusher().push([], events=True)


def parse_cursor(text: str | None, *, field: str = "after") -> Cursor:
    """`"742-18"` -> (742, 18); None or "" is the beginning. Raises InvalidInput."""
    if not text:
        return START
    xid, dash, number = text.partition("-")
    if not (dash and xid.isascii() and xid.isdigit() and number.isascii() and number.isdigit()) or len(text) > 40:
        raise InvalidInput("The cursor is not one that this feed gave out.", field=field)
    if int(xid) >= 1 << 63 or int(number) >= 1 << 63:
        raise InvalidInput("The cursor is not one that this feed gave out.", field=field)
    return int(xid), int(number)


def of_workspace(workspace_id: str, *, after: Cursor, limit: int) -> list[Event]:
    """The workspace's lines after the cursor, in order. Raises Gone when lines after it were pruned."""
    if after != START:
        _check_kept(after)
    found = db.rows(
        f"SELECT {_COLUMNS} FROM event WHERE workspace_id = %s AND (xid, id) > (%s::text::xid8, %s) AND {_VISIBLE}"
        " ORDER BY xid, id LIMIT %s",
        (workspace_id, str(after[0]), after[1], limit),
    )
    return [_event(row) for row in found]


def of_job(workspace_id: str, job_id: str, *, after: Cursor, limit: int) -> list[Event]:
    """One job's lines after the cursor, in order."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM event WHERE job_id = %s AND workspace_id = %s AND (xid, id) > (%s::text::xid8, %s)"
        f" AND {_VISIBLE} ORDER BY xid, id LIMIT %s",
        (job_id, workspace_id, str(after[0]), after[1], limit),
    )
    return [_event(row) for row in found]


def watched(cursor: Cursor, *, job_ids: list[str], workspace_ids: list[str], limit: int) -> tuple[list[Event], Cursor]:
    """For the tailer: lines after the cursor of these jobs or workspaces, and the position to go on from."""
    found = db.rows(
        "WITH edge AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin)"
        f" SELECT edge.xmin::text::bigint, {_COLUMNS} FROM edge LEFT JOIN LATERAL ("
        "   SELECT * FROM event WHERE (xid, id) > (%s::text::xid8, %s) AND xid < edge.xmin"
        "   AND (job_id = ANY (%s) OR workspace_id = ANY (%s)) ORDER BY xid, id LIMIT %s) AS line ON true",
        (str(cursor[0]), cursor[1], job_ids, workspace_ids, limit),
    )
    edge = (int(found[0][0]), -1)
    return [_event(row[1:]) for row in found if row[1] is not None], max(cursor, edge)


def end() -> Cursor:
    """A cursor behind everything that is visible now."""
    found = db.row("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return (int(found[0]), -1) if found else START


def _check_kept(cursor: Cursor) -> None:
    """Every cursor is the place of a line; a line before the oldest one kept was pruned, and others with it."""
    oldest = db.row("SELECT xid::text::bigint, id FROM event ORDER BY xid, id LIMIT 1")
    if oldest is None or cursor < (oldest[0], oldest[1]):
        raise Gone("The feed no longer has the lines after this cursor; start again without one.", code="cursor_gone")


def _event(row: tuple[Any, ...]) -> Event:
    xid, number, workspace_id, job_id, kind, data, created_at = row
    return Event(
        xid=int(xid), id=number, workspace_id=workspace_id, job_id=job_id, type=kind, data=data, created_at=created_at
    )
