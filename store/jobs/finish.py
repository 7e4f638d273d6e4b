"""Ending tasks: take the finished rows under their tokens, then write what follows, in one transaction.

`take` locks the jobs (sorted), then deletes the tasks whose token still holds; what it does not return was
lost to somebody else and counts for nothing. `put` writes jobs, next tasks, parts and events at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from store.jobs.accept import OPEN_LANES
from store.jobs.records import JobChange, Message, NewEvent, NewPart, NewTask
from store.kit.settings import settings

# `t.state || ''` for the same reason as in claim.py.
TAKE = """
PREPARE take_tasks (jsonb) AS
WITH input AS (
    SELECT * FROM jsonb_to_recordset($1) AS t(id bigint, token bigint, job_id text)
),
locked AS MATERIALIZED (
    SELECT j.id, j.state, j.run, j.stage, j.remaining, j.total, j.failed_parts, j.public, j.workspace_id,
           j.pipeline, j.surface, j.priority, j.message, j.progress, j.price
      FROM job j WHERE j.id IN (SELECT job_id FROM input)
     ORDER BY j.id FOR NO KEY UPDATE OF j
),
gone AS (
    DELETE FROM task t USING input i
     WHERE t.id = i.id AND t.token = i.token AND t.state || '' IN ('running', 'stopping')
       AND t.job_id IN (SELECT id FROM locked)
    RETURNING t.id, t.job_id, t.state, t.key, t.has_slot
)
SELECT g.id, g.state, g.key, g.has_slot, l.* FROM gone g JOIN locked l ON l.id = g.job_id
"""

PUT = f"""
PREPARE put_results (jsonb, jsonb, jsonb, jsonb, float8) AS
WITH change AS (
    SELECT * FROM jsonb_to_recordset($1) AS t(
        id text, state text, stage smallint, remaining integer, total integer, failed_parts integer,
        progress real, message text, result jsonb, error jsonb, next_stage boolean, ended boolean)
),
changed AS (
    UPDATE job j
       SET state = c.state, stage = c.stage, remaining = c.remaining, total = c.total, failed_parts = c.failed_parts,
           progress = greatest(j.progress, c.progress), message = c.message, version = j.version + 1,
           result = c.result, error = c.error,
           started_at = coalesce(j.started_at, now()),
           stage_started_at = CASE WHEN c.next_stage OR j.stage_started_at IS NULL THEN now()
                                   ELSE j.stage_started_at END,
           finished_at = CASE WHEN c.ended THEN now() END
      FROM change c WHERE j.id = c.id
),
kept AS (
    INSERT INTO part AS p (job_id, stage, idx, input, output, error, done)
    SELECT job_id, stage, idx, input, output, error, done
      FROM jsonb_to_recordset($3) AS t(job_id text, stage smallint, idx integer, input jsonb, output jsonb,
                                       error jsonb, done boolean)
    ON CONFLICT (job_id, stage, idx) DO UPDATE
       SET input = coalesce(excluded.input, p.input), output = excluded.output, error = excluded.error,
           done = excluded.done, checkpoint = CASE WHEN excluded.done THEN NULL ELSE p.checkpoint END
),
told AS (
    INSERT INTO event (workspace_id, job_id, type, data)
    SELECT workspace_id, job_id, type, data
      FROM jsonb_to_recordset($4) AS t(workspace_id text, job_id text, type text, data jsonb)
),
fresh AS (
    SELECT *, now() + make_interval(secs => delay_seconds) AS due_at
      FROM jsonb_to_recordset($2) AS t(
        job_id text, run integer, stage smallint, idx integer, workspace_id text, pipeline text, lane text,
        priority smallint, deadline_seconds real, delay_seconds float8, key text, key_limit integer,
        has_slot boolean, attempt smallint, crashes smallint, last_error text, unstarted boolean)
),
{OPEN_LANES},
new_task AS (
    INSERT INTO task (job_id, run, stage, idx, workspace_id, pipeline, lane, state, order_at, run_at, expires_at,
                      deadline_seconds, key, key_limit, has_slot, attempt, crashes, last_error, sent_at)
    SELECT f.job_id, f.run, f.stage, f.idx, f.workspace_id, f.pipeline, f.lane, place.state,
           due_at - make_interval(secs => f.priority * $5), due_at,
           CASE WHEN f.unstarted THEN (SELECT j.expires_at FROM job j WHERE j.id = f.job_id) END,
           f.deadline_seconds, f.key, f.key_limit, f.has_slot, f.attempt, f.crashes, f.last_error,
           CASE WHEN place.state = 'sent' THEN now() END
      FROM (SELECT *, row_number() OVER (PARTITION BY lane ORDER BY due_at, idx) FROM fresh) AS f
      JOIN open_lane o ON o.name = f.lane,
      LATERAL (SELECT CASE WHEN delay_seconds > 0 THEN 'delayed'
                           WHEN (f.key IS NULL OR f.has_slot) AND f.crashes = 0 AND f.row_number <= o.room THEN 'sent'
                           ELSE 'ready' END AS state) AS place
    ON CONFLICT ON CONSTRAINT task_once DO NOTHING
    RETURNING id, lane, state
)
SELECT id, lane, state FROM new_task
"""

STATEMENTS = {"take_tasks": TAKE, "put_results": PUT}


class Ended(Struct, frozen=True):
    """A task that ended under this worker's token."""

    task_id: int
    token: int
    job_id: str


class Taken(Struct, frozen=True):
    """A row that was still ours, with its job as it stands under the lock."""

    task_id: int
    task_state: str
    key: str | None
    has_slot: bool
    job_id: str
    job_state: str
    run: int
    stage: int
    remaining: int
    total: int
    failed_parts: int
    public: bool
    workspace_id: str
    pipeline: str
    surface: str
    priority: int
    message: str | None
    progress: float
    price: int


def take(cursor: Any, ended: Sequence[Ended]) -> list[Taken]:
    """Begin the transaction, lock the jobs and delete the tasks that are still ours."""
    rows = [{"id": one.task_id, "token": one.token, "job_id": one.job_id} for one in ended]
    cursor.execute("BEGIN; EXECUTE take_tasks (%s)", (msgspec.json.encode(rows).decode(),))
    return [Taken(*row) for row in cursor.fetchall()]


def put(
    cursor: Any,
    *,
    jobs: Sequence[JobChange],
    tasks: Sequence[NewTask],
    parts: Sequence[NewPart],
    events: Sequence[NewEvent],
    freed: Iterable[str] = (),
) -> tuple[list[Message], set[str]]:
    """Write what follows and commit: (messages to push, lanes on which something waits for dispatch)."""
    encode = msgspec.json.encode
    values = (
        encode(jobs).decode(),
        encode(tasks).decode(),
        encode(parts).decode(),
        encode(events).decode(),
        settings().engine.priority_step_seconds,
    )
    if not tasks and not freed:
        cursor.execute("EXECUTE put_results (%s, %s, %s, %s, %s); COMMIT", values)
        return [], set()
    cursor.execute("EXECUTE put_results (%s, %s, %s, %s, %s)", values)
    written = cursor.fetchall()
    # A delayed task calls too: dispatch must know when it is due.
    waiting = {lane for _, lane, state in written if state != "sent"} | pass_on(cursor, freed)
    cursor.execute("COMMIT")
    return [Message(task_id, lane) for task_id, lane, state in written if state == "sent"], waiting


def pass_on(cursor: Any, keys: Iterable[str]) -> set[str]:
    """Hand each freed slot (one per entry of `keys`) to the next task held for its key, or give it back.

    The slots are locked in one statement and the held tasks are read in the next, whose snapshot is newer:
    a task that dispatch held while we waited for the lock is seen. Returns the lanes to wake.
    """
    freed: dict[str, int] = {}
    for key in keys:
        freed[key] = freed.get(key, 0) + 1
    if not freed:
        return set()
    cursor.execute("SELECT key, used, capacity FROM slot WHERE key = ANY (%s) ORDER BY key FOR UPDATE", (list(freed),))
    lanes: set[str] = set()
    for key, used, capacity in cursor.fetchall():
        still_used = max(used - freed[key], 0)
        cursor.execute(
            "UPDATE task SET state = 'ready', has_slot = true WHERE id IN ("
            "  SELECT id FROM task WHERE key = %s AND state = 'held' ORDER BY order_at, id LIMIT %s"
            "  FOR UPDATE SKIP LOCKED) RETURNING lane",
            (key, max(capacity - still_used, 0)),
        )
        promoted = cursor.fetchall()
        lanes.update(lane for (lane,) in promoted)
        cursor.execute("UPDATE slot SET used = %s WHERE key = %s", (still_used + len(promoted), key))
    return lanes


MARK_RUNNING = """
WITH started AS (
    SELECT id FROM job WHERE id = ANY (%s) AND state = 'queued' ORDER BY id FOR NO KEY UPDATE
),
changed AS (
    UPDATE job j SET state = 'running', started_at = now(), stage_started_at = now(), version = version + 1
      FROM started WHERE j.id = started.id AND j.state = 'queued'
    RETURNING j.id, j.workspace_id, j.pipeline, j.public
)
INSERT INTO event (workspace_id, job_id, type, data)
SELECT workspace_id, id, 'job.started', jsonb_build_object('job_id', id, 'pipeline', pipeline)
  FROM changed WHERE public
"""


def mark_running(cursor: Any, job_ids: Sequence[str]) -> None:
    """Say of jobs whose first task is being worked on that they run; one that already ended stays as it is."""
    cursor.execute(MARK_RUNNING, (list(job_ids),))
