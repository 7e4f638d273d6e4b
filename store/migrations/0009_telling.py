"""What is told of jobs: the request that made one, and how long stages wait and run (for /metrics)."""

STATEMENTS = (
    "ALTER TABLE job ADD COLUMN request_id text",
    """
    CREATE TABLE stage_duration (
        pipeline text NOT NULL,
        stage text NOT NULL,
        what text NOT NULL CHECK (what IN ('run', 'wait')),
        counts bigint[] NOT NULL,
        seconds double precision NOT NULL,
        PRIMARY KEY (pipeline, stage, what)
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
