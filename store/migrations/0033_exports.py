"""Exports that were asked for as files: made by a job, there until they expire."""

STATEMENTS = (
    """
    CREATE TABLE export (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        job_id text NOT NULL UNIQUE,
        format text NOT NULL CHECK (format IN ('json', 'csv', 'report')),
        with_texts boolean NOT NULL,
        start_at timestamptz NOT NULL,
        end_at timestamptz NOT NULL,
        blob_id text,
        runs bigint,
        created_by text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    # upkeep: what expired long ago; and listing
    "CREATE INDEX export_age ON export (expires_at)",
    "CREATE INDEX export_by_workspace ON export (workspace_id, id)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
