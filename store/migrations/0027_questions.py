"""Questions that ask the same, and how often on which day."""

STATEMENTS = (
    """
    CREATE TABLE question_cluster (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        question text NOT NULL,
        category text,
        centroid vector(384) NOT NULL,
        asked integer NOT NULL DEFAULT 0,
        unanswered integer NOT NULL DEFAULT 0,
        first_seen timestamptz NOT NULL,
        last_seen timestamptz NOT NULL,
        first_unanswered timestamptz,
        last_unanswered timestamptz,
        status text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'RESOLVED')),
        resolved_at timestamptz
    )
    """,
    "CREATE INDEX question_cluster_by_workspace ON question_cluster (workspace_id, id)",
    # the list of what could not be answered, most asked first
    "CREATE INDEX question_cluster_unanswered ON question_cluster (workspace_id, status, unanswered DESC, id)"
    " WHERE unanswered > 0",
    """
    CREATE TABLE question_day (
        workspace_id text NOT NULL,
        day date NOT NULL,
        cluster_id text NOT NULL REFERENCES question_cluster ON DELETE CASCADE,
        asked integer NOT NULL DEFAULT 0,
        confidence double precision NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace_id, day, cluster_id)
    )
    """,
    "CREATE INDEX question_day_by_cluster ON question_day (cluster_id)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
