"""Claiming tasks: one conditional UPDATE decides every race.

A message that is late, doubled or of a task that is gone matches no row and is dropped. A paused lane
gives nothing out; its rows go back to waiting through repair.

A claim need not reach the disk before its task runs: if a crash of Postgres takes it back, the fence drops what
the task led to and repair sends it again. A sequence would be taken back with it and give the same token twice,
so tokens are random (53 bits, PostgreSQL's `random()`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from store.jobs.records import Claim

# `t.state || ''` keeps the planner on the primary key: by its statistics the partial index on sent tasks looks
# empty and cheap, while in a busy hour it is full of entries that are dead and not yet removed.
CLAIM = """
PREPARE claim_tasks (bigint[], text, text[]) AS
WITH due AS (
    SELECT t.id FROM task t
     WHERE t.id = ANY ($1) AND t.state || '' = 'sent' AND t.pipeline = ANY ($3)
       AND EXISTS (SELECT FROM worker w WHERE w.id = $2)
       AND NOT EXISTS (SELECT FROM lane l WHERE l.name = t.lane AND l.paused)
       FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE task t
       SET state = 'running', attempt = t.attempt + 1, token = (random() * 9007199254740991)::bigint + 1, worker_id = $2,
           claimed_at = now(), deadline_at = now() + make_interval(secs => t.deadline_seconds)
      FROM due WHERE t.id = due.id
    RETURNING t.*
)
SELECT c.id, c.token, c.job_id, c.workspace_id, c.pipeline, c.lane, c.run, c.stage, c.idx, c.attempt, c.crashes,
       c.key, c.key_limit, j.concurrency_key, c.deadline_seconds, j.priority, j.surface, j.state, j.input, p.input, p.checkpoint,
       j.request_id, extract(epoch FROM c.claimed_at - c.run_at)::float8
  FROM claimed c
  JOIN job j ON j.id = c.job_id
  LEFT JOIN part p ON p.job_id = c.job_id AND p.stage = c.stage AND p.idx = c.idx
"""

STATEMENTS = {"claim_tasks": CLAIM}
_FIELDS = Claim.__struct_fields__


def claim(cursor: Any, task_ids: Sequence[int], *, worker_id: str, pipelines: Collection[str]) -> list[Claim]:
    """Take what can be taken of `task_ids` for this worker, of the pipelines that it knows: while a deploy rolls,
    a process of the old version leaves the work of a new pipeline to others."""
    cursor.execute("EXECUTE claim_tasks (%s, %s, %s)", (list(task_ids), worker_id, list(pipelines)))
    return [Claim(**dict(zip(_FIELDS, row, strict=True))) for row in cursor.fetchall()]
