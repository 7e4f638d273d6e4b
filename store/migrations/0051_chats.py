"""Chats of people and keys with the ocean and the assistant."""

STATEMENTS = (
    """
    CREATE TABLE chat (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('ocean', 'assistant')),
        owner text NOT NULL,
        label text NOT NULL,
        state jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX chat_by_label ON chat (workspace_id, kind, owner, label)",
    "CREATE INDEX chat_by_use ON chat (updated_at)",  # upkeep
    """
    CREATE TABLE chat_turn (
        chat_id text NOT NULL REFERENCES chat ON DELETE CASCADE,
        number integer NOT NULL CHECK (number > 0),
        workspace_id text NOT NULL,
        role text NOT NULL CHECK (role IN ('user', 'assistant')),
        content text NOT NULL,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (chat_id, number)
    )
    """,
    "CREATE INDEX chat_turn_by_workspace ON chat_turn (workspace_id)",  # the removal of a workspace
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
