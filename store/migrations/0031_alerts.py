"""Alerts on what tracked runs come to, and the episodes in which their thresholds were passed."""

STATEMENTS = (
    """
    CREATE TABLE alert (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        type text NOT NULL CHECK (type IN ('COST_SPIKE', 'HIGH_ERROR_RATE', 'SLOW_RESPONSE')),
        name text,
        threshold double precision NOT NULL CHECK (threshold >= 0),
        min_runs integer NOT NULL CHECK (min_runs >= 1),
        window_minutes integer NOT NULL CHECK (window_minutes BETWEEN 1 AND 1440),
        is_active boolean NOT NULL,
        is_firing boolean NOT NULL DEFAULT false,
        actual double precision,
        due_at timestamptz,
        checked_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    # listing, and waking those of workspaces whose figures have changed
    "CREATE INDEX alert_by_workspace ON alert (workspace_id, id)",
    # what is to be checked
    "CREATE INDEX alert_due ON alert (due_at) WHERE is_active AND due_at IS NOT NULL",
    """
    CREATE TABLE alert_episode (
        id text PRIMARY KEY,
        alert_id text NOT NULL REFERENCES alert ON DELETE CASCADE,
        workspace_id text NOT NULL,
        threshold double precision NOT NULL,
        actual double precision NOT NULL,
        worst double precision NOT NULL,
        runs bigint NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_because text CHECK (ended_because IN ('recovered', 'switched_off')),
        CHECK ((ended_at IS NULL) = (ended_because IS NULL))
    )
    """,
    # history, newest first
    "CREATE INDEX alert_episode_by_alert ON alert_episode (alert_id, id)",
    "CREATE UNIQUE INDEX alert_episode_open ON alert_episode (alert_id) WHERE ended_at IS NULL",
    # upkeep: what has outlived its time
    "CREATE INDEX alert_episode_age ON alert_episode (ended_at) WHERE ended_at IS NOT NULL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
