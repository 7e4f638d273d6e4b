"""Workspaces as Insydr shows them, codes and links by mail, refresh tokens, and counters of costly attempts."""

STATEMENTS = (
    """
    ALTER TABLE workspace
        ADD COLUMN slug text,
        ADD COLUMN timezone text NOT NULL DEFAULT 'UTC',
        ADD COLUMN logo_url text,
        ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'
    """,
    # Those who are here already: the name in ASCII, and the end of the id, which is unique by itself.
    """
    UPDATE workspace SET slug = left(
        coalesce(nullif(trim(BOTH '-' FROM regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g')), ''), 'workspace'), 48
    ) || '-' || right(id, 8)
    """,
    "ALTER TABLE workspace ALTER COLUMN slug SET NOT NULL, ADD CONSTRAINT workspace_slug_once UNIQUE (slug)",
    "ALTER TABLE one_time_token DROP CONSTRAINT one_time_token_purpose_check",
    """
    ALTER TABLE one_time_token ADD CONSTRAINT one_time_token_purpose_check
        CHECK (purpose IN ('verify_email', 'reset_password'))
    """,
    # until when a session can be continued by its refresh token; null: it cannot
    "ALTER TABLE session ADD COLUMN renewable_until timestamptz",
    # the session is the family: a generation is used up by the next one
    """
    CREATE TABLE refresh_token (
        id text PRIMARY KEY,
        session_id text NOT NULL REFERENCES session ON DELETE CASCADE,
        generation integer NOT NULL CHECK (generation > 0),
        token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT refresh_token_by_hash UNIQUE (token_sha256),
        CONSTRAINT refresh_token_by_generation UNIQUE (session_id, generation)
    )
    """,
    """
    CREATE TABLE mail_code (
        id text PRIMARY KEY,
        user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
        code_sha256 bytea NOT NULL CHECK (length(code_sha256) = 32),
        tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
        is_contested boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT mail_code_by_user UNIQUE (user_id)
    )
    """,
    """
    CREATE TABLE attempt_counter (
        act text NOT NULL,
        who text NOT NULL,
        tries integer NOT NULL CHECK (tries > 0),
        ends_at timestamptz NOT NULL,
        PRIMARY KEY (act, who)
    )
    """,
    # counters whose window has passed are removed a few at a time by later attempts
    "CREATE INDEX attempt_counter_age ON attempt_counter (ends_at)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
