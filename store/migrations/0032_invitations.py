"""Invitations into a workspace, by mail."""

STATEMENTS = (
    """
    CREATE TABLE invitation (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        email text NOT NULL,
        role text NOT NULL CHECK (role IN ('ADMIN', 'MEMBER')),
        token_sha256 bytea NOT NULL UNIQUE,
        invited_by text REFERENCES users ON DELETE SET NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT invitation_once UNIQUE (workspace_id, email)
    )
    """,
    # upkeep: what expired long ago
    "CREATE INDEX invitation_age ON invitation (expires_at)",
    "CREATE INDEX invitation_by_inviter ON invitation (invited_by) WHERE invited_by IS NOT NULL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
