"""A backlog of waiting jobs, written by one statement: a million through the API would take longer than the measurement."""

from __future__ import annotations

from typing import Any

from store.kit.ids import new_id

JOBS = """
INSERT INTO job (id, workspace_id, pipeline, surface, public, input, run_at, expires_at)
SELECT %(prefix)s || lpad(n::text, 12, '0'), 'ws_bench_' || n %% %(workspaces)s, 'diagnostics.echo', 'craudioviz', true,
       '{"value": 1}', now(), now() + interval '7 days'
  FROM generate_series(1, %(number)s) AS n
"""
TASKS = """
INSERT INTO task (job_id, run, stage, idx, workspace_id, pipeline, lane, state, order_at, run_at, expires_at,
                  deadline_seconds)
SELECT id, 1, 0, 0, workspace_id, pipeline, 'quick', 'ready', now(), now(), expires_at, 90
  FROM job WHERE id LIKE %(prefix)s || '%%' ORDER BY id
"""


def fill(connection: Any, number: int, *, workspaces: int) -> None:
    """Write `number` waiting no-op jobs, spread evenly over `workspaces`."""
    prefix = new_id("job")[:-12]  # the time that the ids begin with: these sort after the jobs before them
    values = {"prefix": prefix, "number": number, "workspaces": workspaces}
    with connection.cursor() as cursor:
        cursor.execute(JOBS, values)
        cursor.execute(TASKS, values)
        cursor.execute("VACUUM (ANALYZE) job, task")  # now, rather than by autovacuum in the middle of it


def clear(connection: Any) -> None:
    """Forget every job."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE job, task, event, part, idempotency_key")
