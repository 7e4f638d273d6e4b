"""How many jobs stand where, without counting them: the event log, added up.

Every step of a job is a line of the log, written in the transaction that makes it true. `roll` adds the lines up by
workspace, pipeline and stage and moves its place in the log with them, so that a crash neither loses nor doubles one.
`figures` adds what is not rolled yet: they are those of this moment, however far behind the rolling is.

Lines say which stage a job `left` and which it `entered`, by number. Stage -1 is the job as a whole; the workspace ''
is all of them. A retried job leaves the state it was in: a failure that was made good counts no more.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from store.kit import db

ALL = ""
WHOLE = -1
LINES = 20_000  # of one statement: a fifth of a second
MAX_TAIL = 20_000  # lines that a reader adds up itself; should nobody have rolled for long, it answers of earlier
MAX_DELAYED = 5_000  # counted; what is beyond is told as waiting

# Steps of the jobs in the relation `line` (workspace_id, job_id, type, data): alike ones together, so that the many
# lines are read once and only the few kinds of them are spread over the stages they are about.
_STEPS = """
    kind AS MATERIALIZED (
        SELECT l.workspace_id, l.type, l.data->>'pipeline' AS pipeline, l.data->'left' AS gone, l.data->'entered' AS come,
               CASE WHEN l.type = 'job.retried' THEN l.data->>'previous_state' END AS undone, count(*) AS n,
               sum(CASE WHEN l.type = 'job.completed' THEN (
                   SELECT extract(epoch FROM j.finished_at - j.started_at)::float8 FROM job j WHERE j.id = l.job_id)
               END) AS seconds
          FROM line l
         WHERE l.type IN ('job.created', 'job.retried', 'stage.completed', 'job.completed', 'job.failed', 'job.cancelled')
         GROUP BY 1, 2, 3, 4, 5, 6
    ),
    step AS (
        SELECT k.workspace_id, k.pipeline, s.stage, s.open * k.n AS open,
               s.completed * k.n AS completed, s.failed * k.n AS failed, s.cancelled * k.n AS cancelled,
               CASE WHEN s.stage = -1 THEN k.seconds END AS seconds
          FROM kind k,
       LATERAL (VALUES
           (-1::smallint,
            CASE WHEN k.type IN ('job.created', 'job.retried') THEN 1 WHEN k.type = 'stage.completed' THEN 0 ELSE -1 END,
            CASE WHEN k.type = 'job.completed' THEN 1 ELSE 0 END,
            CASE WHEN k.type = 'job.failed' THEN 1 WHEN k.undone = 'failed' THEN -1 ELSE 0 END,
            CASE WHEN k.type = 'job.cancelled' THEN 1 WHEN k.undone = 'cancelled' THEN -1 ELSE 0 END),
           (k.gone::smallint, -1,
            CASE WHEN k.type IN ('stage.completed', 'job.completed') THEN 1 ELSE 0 END,
            CASE WHEN k.type = 'job.failed' THEN 1 ELSE 0 END,
            CASE WHEN k.type = 'job.cancelled' THEN 1 ELSE 0 END),
           (CASE WHEN k.type = 'job.created' THEN 0::smallint ELSE k.come::smallint END, 1, 0,
            CASE WHEN k.undone = 'failed' THEN -1 ELSE 0 END,
            CASE WHEN k.undone = 'cancelled' THEN -1 ELSE 0 END)
       ) AS s(stage, open, completed, failed, cancelled)
         WHERE s.stage IS NOT NULL
    )
"""

_ROLL = f"""
WITH edge AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin),
line AS MATERIALIZED (
    SELECT e.* FROM event e, edge WHERE (e.xid, e.id) > (%s::text::xid8, %s) AND e.xid < edge.xmin
     ORDER BY e.xid, e.id LIMIT %s
),
{_STEPS},
rolled AS (
    INSERT INTO job_rollup AS r (workspace_id, pipeline, stage, open, completed, failed, cancelled, seconds)
    SELECT coalesce(workspace_id, '') AS place, pipeline, stage, sum(open), sum(completed), sum(failed),
           sum(cancelled), coalesce(sum(seconds), 0)
      FROM step GROUP BY GROUPING SETS ((workspace_id, pipeline, stage), (pipeline, stage)) ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, pipeline, stage) DO UPDATE
       SET open = r.open + excluded.open, completed = r.completed + excluded.completed,
           failed = r.failed + excluded.failed, cancelled = r.cancelled + excluded.cancelled,
           seconds = r.seconds + excluded.seconds
),
last AS (SELECT xid, id FROM line ORDER BY xid DESC, id DESC LIMIT 1),
moved AS (UPDATE job_rollup_place p SET xid = last.xid, id = last.id FROM last)
SELECT count(*) FROM line
"""

_FIGURES = f"""
WITH line AS MATERIALIZED (
    SELECT e.* FROM event e
     WHERE (e.xid, e.id) > ((SELECT xid FROM job_rollup_place), (SELECT id FROM job_rollup_place)) {{mine}}
     ORDER BY e.xid, e.id LIMIT {MAX_TAIL}
),
{_STEPS},
running AS MATERIALIZED (
    SELECT DISTINCT pipeline, stage, job_id FROM task WHERE state = 'running' AND worker_id IS NOT NULL {{mine}}
),
late AS (SELECT pipeline, stage, job_id FROM task WHERE state = 'delayed' {{mine}} LIMIT {MAX_DELAYED}),
delayed AS (
    SELECT pipeline, stage, count(*) AS n
      FROM (SELECT DISTINCT pipeline, stage, job_id FROM late WHERE job_id NOT IN (SELECT job_id FROM running)) AS t
     GROUP BY 1, 2
),
active AS (SELECT pipeline, stage, count(*) AS n FROM running GROUP BY 1, 2),
figure AS (
    SELECT pipeline, stage, open, completed, failed, cancelled, seconds FROM job_rollup WHERE workspace_id = %(place)s
    UNION ALL
    SELECT pipeline, stage, open, completed, failed, cancelled, seconds FROM step
),
whole AS (
    SELECT pipeline, stage, sum(open)::bigint, sum(completed)::bigint, sum(failed)::bigint, sum(cancelled)::bigint,
           coalesce(sum(seconds), 0)::float8
      FROM figure GROUP BY pipeline, stage
)
SELECT whole.*, coalesce(active.n, 0), coalesce(delayed.n, 0)
  FROM whole LEFT JOIN active USING (pipeline, stage) LEFT JOIN delayed USING (pipeline, stage)
"""


class Figure(Struct, frozen=True):
    """One stage of one pipeline, or its jobs as a whole (stage WHOLE). Of the open jobs some are active or delayed.

    `completed` counts the jobs that have passed the stage; `seconds` are those of all completed jobs together.
    """

    pipeline: str
    stage: int
    open: int
    completed: int
    failed: int
    cancelled: int
    seconds: float
    active: int
    delayed: int


def has_more(cursor: Any) -> bool:
    """Whether there are lines to add up: asked first, because holding the place costs a write."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM event WHERE (xid, id) >"
        " ((SELECT xid FROM job_rollup_place), (SELECT id FROM job_rollup_place)))"
    )
    return bool(cursor.fetchone()[0])


def roll(cursor: Any, *, limit: int = LINES) -> int | None:
    """Add up the next lines, in one transaction: how many there were; None while somebody else does."""
    cursor.execute("BEGIN")
    cursor.execute("SELECT xid::text, id FROM job_rollup_place FOR UPDATE SKIP LOCKED")
    place = cursor.fetchone()
    if place is None:
        cursor.execute("ROLLBACK")
        return None
    cursor.execute(_ROLL, (*place, limit))
    (lines,) = cursor.fetchone()
    cursor.execute("COMMIT")
    return int(lines)


def figures(workspace_id: str = ALL) -> list[Figure]:
    """The jobs of a workspace, or of all, as they stand now."""
    mine = "" if workspace_id == ALL else "AND workspace_id = %(place)s"
    found = db.database.execute_sql(_FIGURES.format(mine=mine), {"place": workspace_id})
    return [Figure(*row) for row in found.fetchall()]
