"""Conversations of visitors with agents, what was asked and answered, calls for a person, and the figures of it all."""

STATEMENTS = (
    """
    CREATE TABLE conversation (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        agent_id text NOT NULL,
        key_id text NOT NULL,
        visitor text NOT NULL,
        session text NOT NULL,
        day date NOT NULL,
        hour smallint NOT NULL,
        exchanges integer NOT NULL DEFAULT 0,
        page_url text,
        email text,
        started_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        escalated_at timestamptz,
        UNIQUE (agent_id, key_id, visitor, session)
    )
    """,
    # upkeep: those that nobody has talked in for long
    "CREATE INDEX conversation_by_age ON conversation (last_at)",
    """
    CREATE TABLE exchange (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        agent_id text NOT NULL,
        conversation_id text NOT NULL REFERENCES conversation ON DELETE CASCADE,
        number integer NOT NULL,
        question text NOT NULL,
        asked_at timestamptz NOT NULL,
        job_id text NOT NULL UNIQUE,
        answer text,
        answered_at timestamptz,
        is_answered boolean,
        confidence real,
        sources jsonb,
        response_ms integer,
        version text,
        cluster_id text,
        vector halfvec(384),
        feedback text CHECK (feedback IN ('THUMBS_UP', 'THUMBS_DOWN')),
        feedback_comment text,
        feedback_at timestamptz,
        UNIQUE (conversation_id, number)
    )
    """,
    # grouping: a workspace's latest questions
    "CREATE INDEX exchange_by_workspace ON exchange (workspace_id, id DESC) WHERE vector IS NOT NULL",
    """
    CREATE TABLE escalation (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        agent_id text NOT NULL,
        conversation_id text NOT NULL REFERENCES conversation ON DELETE CASCADE,
        email text,
        message text,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX escalation_by_workspace ON escalation (workspace_id, id DESC)",
    "CREATE INDEX escalation_by_conversation ON escalation (conversation_id)",
    """
    CREATE TABLE agent_hour (
        workspace_id text NOT NULL,
        agent_id text NOT NULL,
        day date NOT NULL,
        hour smallint NOT NULL,
        conversations integer NOT NULL DEFAULT 0,
        questions integer NOT NULL DEFAULT 0,
        answers integer NOT NULL DEFAULT 0,
        fallbacks integer NOT NULL DEFAULT 0,
        response_ms bigint NOT NULL DEFAULT 0,
        seconds double precision NOT NULL DEFAULT 0,
        likes integer NOT NULL DEFAULT 0,
        dislikes integer NOT NULL DEFAULT 0,
        escalations integer NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace_id, day, hour, agent_id)
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
