"""Webhooks: endpoints with their lane and breaker, deliveries, attempts, and how far the log has been read for them."""

STATEMENTS = (
    "CREATE SEQUENCE webhook_turn",
    """
    CREATE TABLE webhook_endpoint (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        surface text NOT NULL CHECK (surface IN ('craudioviz', 'insydr', 'runs')),
        name text NOT NULL,
        url text NOT NULL,
        events text[] NOT NULL,
        sources text[] NOT NULL,
        headers bytea NOT NULL,
        header_names text[] NOT NULL,
        secret bytea NOT NULL,
        old_secret bytea,
        old_secret_until timestamptz,
        is_active boolean NOT NULL DEFAULT true,
        disabled_reason text,
        from_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        due_at timestamptz,
        turn_token bigint,
        turn_by text,
        turn_until timestamptz,
        in_flight smallint NOT NULL DEFAULT 2 CHECK (in_flight > 0),
        breaker text NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open', 'half_open')),
        breaker_opens smallint NOT NULL DEFAULT 0,
        paused_until timestamptz,
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        failing_attempts integer NOT NULL DEFAULT 0,
        last_success_at timestamptz
    ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500)
    """,
    # the feeder: who wants to hear of a workspace's line; the API: a workspace's endpoints
    "CREATE INDEX webhook_endpoint_by_workspace ON webhook_endpoint (workspace_id, id)",
    # the deliverer: whose turn it is
    "CREATE INDEX webhook_endpoint_due ON webhook_endpoint (due_at) WHERE is_active AND due_at IS NOT NULL",
    """
    CREATE TABLE webhook_delivery (
        id text PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY,
        endpoint_id text NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
        event text NOT NULL,
        xid xid8,
        event_id bigint,
        job_id text,
        sequence integer,
        previous_state text,
        body text NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
        urgent boolean NOT NULL DEFAULT false,
        attempts integer NOT NULL DEFAULT 0,
        step smallint NOT NULL DEFAULT 0,
        next_at timestamptz,
        failure text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT webhook_delivery_once UNIQUE (endpoint_id, xid, event_id, event)
    ) WITH (autovacuum_vacuum_scale_factor = 0.05)
    """,
    # a turn: what is due for one endpoint, pings first, then in order
    "CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, urgent DESC, next_at, number)"
    " WHERE state = 'pending'",
    # the API: an endpoint's deliveries, newest first
    "CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (endpoint_id, number)",
    """
    CREATE TABLE webhook_attempt (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        delivery_id text NOT NULL,
        number integer NOT NULL,
        at timestamptz NOT NULL,
        duration_ms integer NOT NULL,
        status smallint,
        error text,
        response text
    )
    """,
    "CREATE INDEX webhook_attempt_by_delivery ON webhook_attempt (delivery_id, id)",
    """
    CREATE TABLE webhook_feed (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        id bigint NOT NULL DEFAULT -1
    )
    """,
    "INSERT INTO webhook_feed DEFAULT VALUES",
    """
    CREATE TABLE webhook_outcome (
        outcome text PRIMARY KEY,
        attempts bigint NOT NULL
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
