"""Projects, the items that tools made in them, and the files that people uploaded."""

STATEMENTS = (
    """
    CREATE TABLE project (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        name text NOT NULL,
        description text,
        tags text[] NOT NULL DEFAULT '{}',
        settings jsonb NOT NULL DEFAULT '{}',
        sandbox boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    # the list; by another field it is sorted, which the cap on a workspace's projects bounds
    "CREATE INDEX project_by_workspace ON project (workspace_id, created_at, id)",
    """
    CREATE TABLE item (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        project_id text REFERENCES project ON DELETE CASCADE,
        job_id text UNIQUE,
        type text NOT NULL,
        name text NOT NULL,
        sandbox boolean NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX item_by_project ON item (project_id, id) WHERE project_id IS NOT NULL",
    "CREATE INDEX item_by_workspace ON item (workspace_id)",  # the removal of a workspace
    """
    CREATE TABLE item_file (
        item_id text NOT NULL REFERENCES item ON DELETE CASCADE,
        position smallint NOT NULL,
        format text NOT NULL,
        layout text,
        width integer,
        blob_id text NOT NULL,
        PRIMARY KEY (item_id, position)
    )
    """,
    """
    CREATE TABLE file (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        project_id text REFERENCES project ON DELETE CASCADE,
        blob_id text NOT NULL,
        name text NOT NULL,
        type text NOT NULL,
        size bigint NOT NULL,
        sandbox boolean NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX file_by_workspace ON file (workspace_id, id)",  # the list
    "CREATE INDEX file_by_project ON file (project_id, id) WHERE project_id IS NOT NULL",
    # how much of its plan's storage a workspace uses
    "CREATE INDEX blob_sizes ON blob (workspace_id) INCLUDE (size)",
    "DROP INDEX blob_by_workspace",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
