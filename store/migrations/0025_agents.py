"""Agents and what of them is published."""

STATEMENTS = (
    """
    CREATE TABLE agent (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        description text,
        agent_type text NOT NULL,
        status text NOT NULL DEFAULT 'DRAFT' CHECK (status IN ('DRAFT', 'PUBLISHED', 'ARCHIVED')),
        version text NOT NULL DEFAULT '1.0',
        behavior_settings jsonb NOT NULL,
        response_config jsonb NOT NULL,
        conversation_rules jsonb NOT NULL,
        greeting_message text NOT NULL,
        fallback_message text NOT NULL,
        appearance jsonb NOT NULL,
        behavior jsonb NOT NULL,
        branding jsonb NOT NULL,
        collection_ids jsonb NOT NULL,
        conversations bigint NOT NULL DEFAULT 0,
        messages bigint NOT NULL DEFAULT 0,
        likes bigint NOT NULL DEFAULT 0,
        dislikes bigint NOT NULL DEFAULT 0,
        published_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz
    )
    """,
    # a workspace's agents, newest first; its counts, with those that were deleted
    "CREATE INDEX agent_by_workspace ON agent (workspace_id, id DESC)",
    """
    CREATE TABLE agent_version (
        agent_id text NOT NULL REFERENCES agent ON DELETE CASCADE,
        version text NOT NULL,
        number integer NOT NULL,
        config jsonb NOT NULL,
        published_at timestamptz NOT NULL,
        PRIMARY KEY (agent_id, number)
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
