"""Users, workspaces, members, sessions, API keys, one-time tokens and login counters.

`user` is a reserved word that Postgres answers with the database's role, so that table alone has a plural name.
"""

STATEMENTS = (
    """
    CREATE TABLE users (
        id text PRIMARY KEY,
        email text NOT NULL CHECK (email = lower(email)),
        name text NOT NULL,
        password_hash text,
        verified_at timestamptz,
        is_operator boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        CONSTRAINT users_email_once UNIQUE (email)
    )
    """,
    """
    CREATE TABLE workspace (
        id text PRIMARY KEY,
        name text NOT NULL,
        plan text NOT NULL DEFAULT 'free'
            CHECK (plan IN ('free', 'starter', 'pro', 'business', 'enterprise')),
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE member (
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
        role text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER')),
        joined_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, user_id)
    )
    """,
    # authentication: the workspace a session acts in when it names none; a person's list of workspaces
    "CREATE INDEX member_by_user ON member (user_id, joined_at, workspace_id)",
    """
    CREATE TABLE session (
        id text PRIMARY KEY,
        user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
        ended_at timestamptz
    )
    """,
    # sign-in: the person's old sessions, which are removed then; signing a person out everywhere
    "CREATE INDEX session_by_user ON session (user_id, expires_at)",
    """
    CREATE TABLE api_key (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        created_by text REFERENCES users ON DELETE SET NULL,
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('secret', 'publishable')),
        mode text NOT NULL CHECK (mode IN ('live', 'test')),
        public_id text NOT NULL CHECK (length(public_id) = 10),
        secret_sha256 bytea NOT NULL CHECK (length(secret_sha256) = 32),
        last4 text NOT NULL CHECK (length(last4) = 4),
        allowed_domains text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT api_key_public_id_once UNIQUE (public_id)
    )
    """,
    # a workspace's list of keys, newest first
    "CREATE INDEX api_key_by_workspace ON api_key (workspace_id, id)",
    """
    CREATE TABLE one_time_token (
        id text PRIMARY KEY,
        user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
        purpose text NOT NULL CHECK (purpose IN ('verify_email')),
        token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT one_time_token_by_purpose UNIQUE (user_id, purpose),
        CONSTRAINT one_time_token_by_hash UNIQUE (token_sha256)
    )
    """,
    """
    CREATE TABLE login_counter (
        email text NOT NULL,
        address text NOT NULL,
        tries integer NOT NULL CHECK (tries > 0),
        last_try_at timestamptz NOT NULL,
        PRIMARY KEY (email, address)
    )
    """,
    # counters whose window has passed are removed a few at a time by later tries
    "CREATE INDEX login_counter_age ON login_counter (last_try_at)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
