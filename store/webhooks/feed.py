"""From the log to deliveries, each line once: the cursor moves in the transaction that writes what it passed.

One reader at a time holds the cursor's row; others pass by. Only lines below the oldest running transaction are
read (store/jobs/events.py says why).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from store.jobs.events import Cursor
from store.webhooks.records import Line, Listener, NewDelivery

# What payloads take of a job, and never its whole input or result.
_OF_JOB = """
    (SELECT count(*) FROM event o WHERE o.job_id = p.job_id AND (o.xid, o.id) <= (p.xid, p.id)),
    (SELECT jsonb_strip_nulls(jsonb_build_object(
        'project_id', j.input->'project_id', 'document_id', j.input->'document_id',
        'collection_id', j.input->'collection_id', 'title', j.input->'title', 'stage', j.stage,
        'brandId', coalesce(j.input->'brandId', j.input->'organizationId'), 'websiteUrl', j.input->'websiteUrl',
        'url', CASE WHEN jsonb_typeof(j.result) = 'object' THEN j.result->'url' END)) FROM job j WHERE j.id = p.job_id)
"""
_LINE = f"p.xid::text::bigint, p.id, p.workspace_id, p.job_id, p.type, p.data, p.created_at, {_OF_JOB}"

_READ = f"""
WITH edge AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin),
page AS MATERIALIZED (
    SELECT e.* FROM event e, edge WHERE (e.xid, e.id) > (%s::text::xid8, %s) AND e.xid < edge.xmin
     ORDER BY e.xid, e.id LIMIT %s
),
last AS (SELECT xid, id, (SELECT count(*) FROM page) AS size FROM page ORDER BY xid DESC, id DESC LIMIT 1),
heard AS (
    SELECT p.xid, p.id, jsonb_agg(jsonb_build_array(w.id, w.surface, w.events) ORDER BY w.id) AS listeners
      FROM page p
      JOIN webhook_endpoint w ON w.workspace_id = p.workspace_id AND w.is_active AND p.type = ANY (w.sources)
                             AND w.from_xid < p.xid
     GROUP BY p.xid, p.id
)
SELECT edge.xmin::text::bigint, last.xid::text::bigint, last.id, coalesce(last.size, 0), line.*
  FROM edge LEFT JOIN last ON true LEFT JOIN LATERAL (
    SELECT heard.listeners, {_LINE} FROM heard JOIN page p USING (xid, id) ORDER BY p.xid, p.id) AS line ON true
"""

_MISSED = f"""
SELECT {_LINE} FROM event p
 WHERE p.workspace_id = %s AND p.type = ANY (%s) AND p.created_at >= %s AND p.created_at < %s
   AND p.xid < pg_snapshot_xmin(pg_current_snapshot())
   AND NOT EXISTS (SELECT FROM webhook_delivery d
                    WHERE d.endpoint_id = %s AND d.xid = p.xid AND d.event_id = p.id AND d.event = ANY (%s))
 ORDER BY p.xid, p.id LIMIT %s
"""

_INSERT = """
INSERT INTO webhook_delivery (id, endpoint_id, event, xid, event_id, job_id, sequence, previous_state, body, urgent,
                              next_at, created_at)
SELECT id, endpoint_id, event, xid::text::xid8, event_id, job_id, sequence, previous_state, body, urgent, next_at, %s
  FROM jsonb_to_recordset(%s) AS t(
    id text, endpoint_id text, event text, xid bigint, event_id bigint, job_id text, sequence integer,
    previous_state text, body text, urgent boolean, next_at timestamptz)
ON CONFLICT ON CONSTRAINT webhook_delivery_once DO NOTHING
"""


class Page(Struct):
    """What was read: lines with who asked for them, where to go on, and whether there is more to read."""

    lines: list[tuple[Line, list[Listener]]]
    position: Cursor
    more: bool


def hold(cursor: Any) -> Cursor | None:
    """Begin a transaction and take the feed's cursor; None (and no transaction) while another reader has it."""
    cursor.execute("BEGIN")
    cursor.execute("SELECT xid::text::bigint, id FROM webhook_feed FOR UPDATE SKIP LOCKED")
    found = cursor.fetchone()
    if found is None:
        cursor.execute("ROLLBACK")
        return None
    return int(found[0]), int(found[1])


def anyone_listens(cursor: Any) -> bool:
    """Whether there is any active endpoint."""
    cursor.execute("SELECT EXISTS (SELECT FROM webhook_endpoint WHERE is_active)")
    return bool(cursor.fetchone()[0])


def read(cursor: Any, position: Cursor, *, limit: int) -> Page:
    """Up to `limit` lines after the position, of which those that somebody asked for are returned."""
    cursor.execute(_READ, (str(position[0]), position[1], limit))
    rows = cursor.fetchall()
    xmin, last_xid, last_id, size = rows[0][:4]
    lines = [
        (_line(row[5:]), [Listener(*one) for one in row[4]])
        for row in rows
        if row[4] is not None
    ]  # fmt: skip
    if size == limit:
        return Page(lines, (int(last_xid), int(last_id)), True)
    return Page(lines, max(position, (int(xmin), -1)), False)


def missed(
    cursor: Any,
    *,
    workspace_id: str,
    endpoint_id: str,
    sources: Sequence[str],
    events: Sequence[str],
    since: datetime,
    until: datetime,
    limit: int,
) -> list[Line]:
    """Lines that the endpoint asks for and got no delivery of, because it was not active."""
    cursor.execute(_MISSED, (workspace_id, list(sources), since, until, endpoint_id, list(events), limit))
    return [_line(row) for row in cursor.fetchall()]


def move(cursor: Any, position: Cursor) -> None:
    """Move the cursor and commit."""
    cursor.execute("UPDATE webhook_feed SET xid = %s::text::xid8, id = %s", (str(position[0]), position[1]))
    cursor.execute("COMMIT")


def write(cursor: Any, deliveries: Sequence[NewDelivery], *, now: datetime) -> int:
    """Within the caller's transaction: the deliveries, and their endpoints' turns. How many were new."""
    if not deliveries:
        return 0
    cursor.execute(_INSERT, (now, msgspec.json.encode(deliveries).decode()))
    written = int(cursor.rowcount)
    wake(cursor, {one.endpoint_id for one in deliveries}, at=min(one.next_at for one in deliveries))
    return written


def wake(cursor: Any, endpoint_ids: set[str], *, at: datetime) -> None:
    """Within the caller's transaction: these endpoints have something due at `at`; a pause of theirs still holds."""
    cursor.execute(
        "WITH mine AS (SELECT id FROM webhook_endpoint WHERE id = ANY (%s) ORDER BY id FOR UPDATE)"
        " UPDATE webhook_endpoint w SET due_at = greatest(least(coalesce(w.due_at, %s), %s), w.paused_until)"
        "   FROM mine WHERE w.id = mine.id",
        (list(endpoint_ids), at, at),
    )


def _line(row: tuple[Any, ...]) -> Line:
    xid, number, workspace_id, job_id, kind, data, created_at, sequence, facts = row
    return Line(
        xid=int(xid),
        id=number,
        workspace_id=workspace_id,
        job_id=job_id,
        type=kind,
        data=data if isinstance(data, dict) else {},
        created_at=created_at,
        sequence=int(sequence) if job_id else None,
        facts=facts or {},
    )
