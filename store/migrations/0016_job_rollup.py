"""How many jobs stand where, by workspace, pipeline and stage: added up from the event log.

What is in the tables when this runs is counted once here; the log is read from here on.
"""

STATEMENTS = (
    # Whoever has written a line before has committed when this is held: what is counted below is all there is.
    "LOCK TABLE job, event IN SHARE MODE",
    """
    CREATE TABLE job_rollup (
        workspace_id text NOT NULL,
        pipeline text NOT NULL,
        stage smallint NOT NULL,
        open bigint NOT NULL,
        completed bigint NOT NULL,
        failed bigint NOT NULL,
        cancelled bigint NOT NULL,
        seconds double precision NOT NULL,
        PRIMARY KEY (workspace_id, pipeline, stage)
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE job_rollup_place (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        id bigint NOT NULL DEFAULT -1
    )
    """,
    "INSERT INTO job_rollup_place DEFAULT VALUES",
    """
    INSERT INTO job_rollup
    SELECT coalesce(j.workspace_id, ''), j.pipeline, s.stage,
           count(*) FILTER (WHERE j.state IN ('queued', 'running') AND s.stage IN (-1, j.stage)),
           count(*) FILTER (WHERE (j.state = 'completed' OR s.stage < j.stage) AND s.stage >= 0
                               OR j.state = 'completed' AND s.stage = -1),
           count(*) FILTER (WHERE j.state = 'failed' AND s.stage IN (-1, j.stage)),
           count(*) FILTER (WHERE j.state = 'cancelled' AND s.stage IN (-1, j.stage)),
           coalesce(sum(extract(epoch FROM j.finished_at - j.started_at))
                    FILTER (WHERE j.state = 'completed' AND s.stage = -1), 0)
      FROM job j, generate_series(-1, j.stage) AS s(stage)
     WHERE j.public
     GROUP BY GROUPING SETS ((j.workspace_id, j.pipeline, s.stage), (j.pipeline, s.stage))
    """,
    # the figures: jobs of a workspace that wait for their time
    "CREATE INDEX task_delayed_of_workspace ON task (workspace_id) WHERE state = 'delayed'",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
