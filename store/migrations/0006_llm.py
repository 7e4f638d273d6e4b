"""Answers of language models, kept so that no call is paid for twice."""


def up(migrator, db):
    db.execute_sql("""
        CREATE TABLE llm_answer (
            workspace_id text NOT NULL,
            key text NOT NULL,
            model text NOT NULL,
            answer jsonb NOT NULL,
            tokens integer NOT NULL CHECK (tokens >= 0),
            created_at timestamptz NOT NULL,
            PRIMARY KEY (workspace_id, key)
        )""")
    db.execute_sql("CREATE INDEX llm_answer_created_at ON llm_answer (created_at)")
