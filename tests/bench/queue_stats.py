"""The figures of the queues with a million jobs in the tables: what asking takes, and what keeping them up to date.

The jobs are written by a few statements, with the lines of the log that the engine would have written, and rolled up
as the scheduler does it. Beside the endpoint stands the same answer by scanning the tables; both must say the same.
"""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from store.jobs import rollup
from store.jobs.rollup import WHOLE
from store.kit import db
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter, timed
from tests.kit.client import Client
from tests.kit.factories import Maker

TARGET_MS = 20.0
WORKSPACES = 100
CALLS = 300
SCANS = 5
PREFIX = "job_01bench0000000"

# Of twenty jobs 16 are completed, 1 failed and 1 was cancelled, 2 wait, one of them for its time.
JOBS = """
INSERT INTO job (id, workspace_id, pipeline, surface, public, state, input, run_at, expires_at, created_at, started_at,
                 finished_at)
SELECT %(prefix)s || lpad(n::text, 12, '0'), (%(places)s)[n %% %(workspaces)s + 1], 'diagnostics.echo', 'craudioviz', true, s.state,
       '{"value": 1}', now(), now() + interval '7 days', now(), CASE WHEN s.state <> 'queued' THEN now() END,
       CASE WHEN s.state <> 'queued' THEN now() + interval '1 second' END
  FROM generate_series(1, %(number)s) AS n,
       LATERAL (SELECT CASE WHEN n %% 20 < 16 THEN 'completed' WHEN n %% 20 = 16 THEN 'failed'
                            WHEN n %% 20 = 17 THEN 'cancelled' ELSE 'queued' END AS state) AS s
"""
TASKS = """
INSERT INTO task (job_id, run, stage, idx, workspace_id, pipeline, lane, state, order_at, run_at, expires_at,
                  deadline_seconds)
SELECT id, 1, 0, 0, workspace_id, pipeline, 'quick', CASE WHEN right(id, 2)::int %% 20 = 19 THEN 'delayed' ELSE 'ready' END,
       now(), now() + interval '1 day', expires_at, 90
  FROM job WHERE id LIKE %(prefix)s || '%%' AND state = 'queued'
"""
CREATED = """
INSERT INTO event (workspace_id, job_id, type, data)
SELECT workspace_id, id, 'job.created', jsonb_build_object('job_id', id, 'pipeline', pipeline) FROM job
 WHERE id LIKE %(prefix)s || '%%'
"""
ENDED = """
INSERT INTO event (workspace_id, job_id, type, data)
SELECT workspace_id, id, 'job.' || state, jsonb_build_object('job_id', id, 'pipeline', pipeline, 'left', 0) FROM job
 WHERE id LIKE %(prefix)s || '%%' AND state <> 'queued'
"""
SCAN = """
SELECT count(*) FILTER (WHERE state IN ('queued', 'running')), count(*) FILTER (WHERE state = 'completed'),
       count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'cancelled'),
       sum(extract(epoch FROM finished_at - started_at)) FILTER (WHERE state = 'completed'),
       (SELECT count(*) FILTER (WHERE state = 'delayed') FROM task WHERE {mine})
  FROM job WHERE public AND {mine}
"""


def main(*, jobs: int = 1_000_000) -> None:
    """Fill the tables, roll the log up, ask, and print each figure beside its baseline."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.stop(ours.processes[0])  # the scheduler: the rolling is measured here
        ours.env["MILLRACE_LIMITS__ENABLED"] = "false"
        api = ours.start_api()
        owner, operator = Maker().person(), Maker().person()
        db.rows("UPDATE users SET is_operator = true WHERE id = %s RETURNING 1", (operator.user.id,))
        lines = _fill(ours.connection, jobs, owner.workspace.id)
        _roll(lines)
        client = Client(f"http://127.0.0.1:{ours.port}")
        print(f"\n{jobs:,} jobs of {WORKSPACES} workspaces, {lines:,} lines of the log")
        for name, token, place in (
            ("a workspace", owner.token, owner.workspace.id), ("all of them", operator.token, rollup.ALL),
        ):  # fmt: skip
            _compare(name, client.with_key(token), place)
        ours.stop(api)


def _fill(connection: Any, jobs: int, workspace_id: str) -> int:
    places = [workspace_id, *(f"ws_bench_{number}" for number in range(1, WORKSPACES))]
    values = {"prefix": PREFIX, "number": jobs, "workspaces": WORKSPACES, "places": places}
    with connection.cursor() as cursor:
        for statement in (JOBS, TASKS, CREATED, ENDED):
            cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE) job, task, event")
        cursor.execute("SELECT count(*) FROM event")
        return int(cursor.fetchone()[0])


def _roll(lines: int) -> None:
    with Meter() as meter, db.plain_cursor() as cursor:
        while rollup.roll(cursor) == rollup.LINES:
            continue
    print(f"rolled up in {meter.seconds:.1f} s: {lines / meter.seconds:,.0f} lines/s,"
          f" {meter.cpu * 1e6 / lines:.2f} CPU-µs a line", flush=True)  # fmt: skip


def _compare(name: str, client: Client, place: str) -> None:
    answers = timed(lambda: client.get("/api/admin/queue-stats"), CALLS)
    answers[-1][1].raise_for_status()
    found = next(one for one in rollup.figures(place) if one.stage == WHOLE)
    mine = "true" if place == rollup.ALL else "workspace_id = %(place)s"
    scans = timed(lambda: db.database.execute_sql(SCAN.format(mine=mine), {"place": place}).fetchone(), SCANS)
    delayed = next(one.delayed for one in rollup.figures(place) if one.stage == 0)
    told = (found.open, found.completed, found.failed, found.cancelled, found.seconds)
    *counted, counted_delayed = scans[-1][1]
    assert told == tuple(float(one) for one in counted), (told, counted)
    assert delayed == min(counted_delayed, rollup.MAX_DELAYED), (delayed, counted_delayed)
    times = sorted(one for one, _ in answers)
    p95, scan = quantiles(times, n=20)[-1] * 1000, median(one for one, _ in scans) * 1000
    verdict = "met" if p95 <= TARGET_MS else "MISSED"
    print(f"  {name}: GET queue-stats p50 {median(times) * 1000:.1f} ms, p95 {p95:.1f} ms (target {TARGET_MS:.0f}: {verdict});"
          f" by scanning the tables {scan:.0f} ms, {scan / p95:.0f} times as long", flush=True)  # fmt: skip
