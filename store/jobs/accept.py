"""Accepting jobs: everything one submit writes, for a whole batch of submits, in one statement.

A batch is passed as one JSON array, so that a job more costs a row and not a round trip. Idempotency keys
are inserted first and sorted; a job whose key is taken is not written, and the caller reads the winner.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from store.jobs.records import Message, NewJob
from store.kit.settings import settings

# How much a lane takes at once without passing through dispatch: what its live workers can start soon,
# and nothing while others already wait or the lane is paused. An EXISTS would be planned as a hash of every
# ready task, which grows with the backlog; MATERIALIZED, or it is asked again for each column that needs it.
OPEN_LANES = """
    open_lane AS MATERIALIZED (
        SELECT l.name,
               CASE WHEN l.paused OR l.buffer = 0
                      OR (SELECT true FROM task r WHERE r.lane = l.name AND r.state = 'ready' LIMIT 1) THEN 0
                    ELSE l.buffer - (SELECT count(*) FROM (
                        SELECT FROM task s WHERE s.lane = l.name AND s.state = 'sent' LIMIT l.buffer) AS sent)
               END AS room,
               NOT l.paused AND l.buffer > 0 AS is_served
          FROM lane l
         WHERE l.name IN (SELECT lane FROM fresh)
    )
"""

ACCEPT = f"""
PREPARE accept_jobs (jsonb, float8, float8) AS
WITH input AS (
    SELECT * FROM jsonb_to_recordset($1) AS t(
        id text, workspace_id text, pipeline text, surface text, public boolean, priority smallint, input jsonb,
        run_at timestamptz, ttl_seconds float8, created_by text, concurrency_key text, lane text,
        deadline_seconds real, key text, key_limit integer, idempotency_key text, fingerprint text, request_id text,
        price integer, sandbox boolean)
),
won AS (
    INSERT INTO idempotency_key AS known (workspace_id, key, fingerprint, job_id)
    SELECT workspace_id, idempotency_key, fingerprint, id FROM input
     WHERE idempotency_key IS NOT NULL ORDER BY workspace_id, idempotency_key
    ON CONFLICT (workspace_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, job_id = excluded.job_id, created_at = now()
     WHERE known.created_at < now() - make_interval(secs => $2)
    RETURNING job_id
),
fresh AS (
    SELECT *, greatest(coalesce(run_at, now()), now()) AS due_at
      FROM input WHERE idempotency_key IS NULL OR id IN (SELECT job_id FROM won)
),
new_job AS (
    INSERT INTO job (id, workspace_id, pipeline, surface, public, priority, concurrency_key, input, created_by,
                     request_id, price, sandbox, run_at, expires_at)
    SELECT id, workspace_id, pipeline, surface, public, priority, concurrency_key, input, created_by,
           request_id, price, sandbox, due_at, due_at + make_interval(secs => ttl_seconds)
      FROM fresh
),
{OPEN_LANES},
new_task AS (
    INSERT INTO task (job_id, run, stage, idx, workspace_id, pipeline, lane, state, order_at, run_at, expires_at,
                      deadline_seconds, key, key_limit, sent_at)
    SELECT id, 1, 0, 0, f.workspace_id, f.pipeline, f.lane, place.state,
           due_at - make_interval(secs => priority * $3), due_at, due_at + make_interval(secs => ttl_seconds),
           deadline_seconds, key, key_limit, CASE WHEN place.state = 'sent' THEN now() END
      FROM (SELECT *, row_number() OVER (PARTITION BY lane ORDER BY due_at - make_interval(secs => priority * $3), id)
              FROM fresh) AS f
      JOIN open_lane o ON o.name = f.lane,
      LATERAL (SELECT CASE WHEN due_at > now() THEN 'delayed'
                           WHEN key IS NULL AND f.row_number <= o.room THEN 'sent'
                           ELSE 'ready' END AS state) AS place
    RETURNING job_id, id, lane, state
),
new_event AS (
    INSERT INTO event (workspace_id, job_id, type, data)
    SELECT workspace_id, id, 'job.created', jsonb_build_object('job_id', id, 'pipeline', pipeline)
      FROM fresh WHERE public
)
SELECT n.job_id, n.id, n.lane, n.state, o.is_served, now() FROM new_task n JOIN open_lane o ON o.name = n.lane
"""

# Beside ACCEPT in one connection: the jobs that hold the idempotency keys of those who lost.
HOLDERS = """
PREPARE key_holders (jsonb) AS
SELECT k.workspace_id, k.key, k.fingerprint, k.job_id, j.pipeline, j.created_at
  FROM jsonb_to_recordset($1) AS t(workspace_id text, idempotency_key text)
  JOIN idempotency_key k ON k.workspace_id = t.workspace_id AND k.key = t.idempotency_key
  JOIN job j ON j.id = k.job_id
"""

STATEMENTS = {"accept_jobs": ACCEPT, "key_holders": HOLDERS}


class Inserted(msgspec.Struct, frozen=True):
    """What one batch wrote: when each job was created, and what to tell Redis."""

    created: dict[str, datetime]
    messages: list[Message]
    lanes_waiting: set[str]


def insert(cursor: Any, jobs: Sequence[NewJob]) -> Inserted:
    """Write `jobs` (no idempotency key twice among them); those whose key is taken are left out."""
    wanted = settings().engine
    cursor.execute(
        "EXECUTE accept_jobs (%s, %s, %s)",
        (msgspec.json.encode(jobs).decode(), wanted.idempotency_hours * 3600, wanted.priority_step_seconds),
    )
    created: dict[str, datetime] = {}
    messages: list[Message] = []
    waiting: set[str] = set()
    for job_id, task_id, lane, state, is_served, now in cursor.fetchall():
        created[job_id] = now
        if state == "sent":
            messages.append(Message(task_id, lane))
        elif state == "ready" and is_served:  # else dispatch is called when a worker comes, or the lane is resumed
            waiting.add(lane)
    return Inserted(created, messages, waiting)


class Holder(msgspec.Struct, frozen=True):
    """Who holds an idempotency key."""

    fingerprint: str
    job_id: str
    pipeline: str
    created_at: datetime


def holders(cursor: Any, jobs: Sequence[NewJob]) -> dict[tuple[str, str], Holder]:
    """The holders of the jobs' idempotency keys, by (workspace id, key)."""
    wanted = [{"workspace_id": job.workspace_id, "idempotency_key": job.idempotency_key} for job in jobs]
    cursor.execute("EXECUTE key_holders (%s)", (msgspec.json.encode(wanted).decode(),))
    return {(row[0], row[1]): Holder(*row[2:]) for row in cursor.fetchall()}


def waiting_jobs(cursor: Any, workspace_id: str, *, limit: int) -> int:
    """How many of a workspace's jobs wait to start; counted up to `limit`."""
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM job WHERE workspace_id = %s AND state = 'queued' AND public LIMIT %s) AS t",
        (workspace_id, limit),
    )
    return int(cursor.fetchone()[0])
