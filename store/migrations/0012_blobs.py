"""Files, kept in pieces. Pieces are stored as they are: most files are compressed already."""

STATEMENTS = (
    """
    CREATE TABLE blob (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        name text NOT NULL,
        media_type text NOT NULL,
        size bigint CHECK (size >= 0),
        sha256 text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz
    )
    """,
    "CREATE INDEX blob_by_workspace ON blob (workspace_id)",  # the removal of a workspace
    "CREATE INDEX blob_expiring ON blob (expires_at) WHERE expires_at IS NOT NULL",  # upkeep
    """
    CREATE TABLE blob_piece (
        blob_id text NOT NULL REFERENCES blob ON DELETE CASCADE,
        idx integer NOT NULL CHECK (idx >= 0),
        data bytea NOT NULL,
        PRIMARY KEY (blob_id, idx)
    )
    """,
    "ALTER TABLE blob_piece ALTER COLUMN data SET STORAGE EXTERNAL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
