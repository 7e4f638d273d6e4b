"""A workspace's conversations are read, newest first: all, an agent's, or those in which a person was called."""

STATEMENTS = (
    "CREATE INDEX conversation_by_workspace ON conversation (workspace_id, id DESC)",
    "CREATE INDEX conversation_by_agent ON conversation (agent_id, id DESC)",
    "CREATE INDEX conversation_escalated ON conversation (workspace_id, id DESC) WHERE escalated_at IS NOT NULL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
