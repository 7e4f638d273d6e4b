"""What each workspace has used of a monthly quota."""

STATEMENTS = (
    """
    CREATE TABLE quota_use (
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        quota text NOT NULL,
        month date NOT NULL,
        used bigint NOT NULL CHECK (used >= 0),
        PRIMARY KEY (workspace_id, quota, month)
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
