"""Requests of each workspace by hour and caller, the limits it was told of, and pictures of people."""

STATEMENTS = (
    """
    CREATE TABLE request_hour (
        workspace_id text NOT NULL,
        hour timestamptz NOT NULL,
        caller text NOT NULL,
        requests bigint NOT NULL,
        failed bigint NOT NULL,
        timed bigint NOT NULL,
        milliseconds double precision NOT NULL,
        PRIMARY KEY (workspace_id, hour, caller)
    )
    """,
    "CREATE INDEX request_hour_by_hour ON request_hour (hour)",  # upkeep
    """
    CREATE TABLE limit_told (
        workspace_id text NOT NULL,
        quota text NOT NULL,
        period text NOT NULL,
        told_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, quota, period)
    )
    """,
    "CREATE INDEX limit_told_by_time ON limit_told (told_at)",  # upkeep
    "ALTER TABLE users ADD COLUMN avatar_url text",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
