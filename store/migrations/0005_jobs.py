"""The engine's tables: jobs, their tasks and parts, the event log, workers, lanes, slots, schedules.

`task` is the hot, narrow table: a row lives from submit to finish and is deleted then, so the indexes that
dispatch and claim read stay as small as the work that is open.
"""

STATEMENTS = (
    """
    CREATE TABLE job (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        pipeline text NOT NULL,
        surface text NOT NULL,
        public boolean NOT NULL,
        state text NOT NULL DEFAULT 'queued'
            CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
        run integer NOT NULL DEFAULT 1,
        stage smallint NOT NULL DEFAULT 0,
        remaining integer NOT NULL DEFAULT 1 CHECK (remaining >= 0),
        total integer NOT NULL DEFAULT 1,
        failed_parts integer NOT NULL DEFAULT 0,
        priority smallint NOT NULL DEFAULT 0,
        concurrency_key text,
        input jsonb NOT NULL,
        result jsonb,
        error jsonb,
        progress real NOT NULL DEFAULT 0,
        message text,
        version integer NOT NULL DEFAULT 1,
        created_by text,
        created_at timestamptz NOT NULL DEFAULT now(),
        run_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        stage_started_at timestamptz,
        started_at timestamptz,
        finished_at timestamptz
    ) WITH (autovacuum_vacuum_scale_factor = 0.05)
    """,
    # GET /v1/jobs: all, by state, by pipeline; ids sort by creation, so they bound a range of time as well.
    "CREATE INDEX job_by_workspace ON job (workspace_id, id) WHERE public",
    "CREATE INDEX job_by_state ON job (workspace_id, state, id) WHERE public",
    "CREATE INDEX job_by_pipeline ON job (workspace_id, pipeline, id) WHERE public",
    """
    CREATE TABLE task (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id text NOT NULL,
        run integer NOT NULL,
        stage smallint NOT NULL,
        idx integer NOT NULL,
        workspace_id text NOT NULL,
        pipeline text NOT NULL,
        lane text NOT NULL,
        state text NOT NULL
            CHECK (state IN ('delayed', 'ready', 'held', 'sent', 'running', 'stopping')),
        order_at timestamptz NOT NULL,
        run_at timestamptz NOT NULL,
        expires_at timestamptz,
        deadline_seconds real NOT NULL,
        key text,
        key_limit integer,
        has_slot boolean NOT NULL DEFAULT false,
        attempt smallint NOT NULL DEFAULT 0,
        crashes smallint NOT NULL DEFAULT 0,
        token bigint,
        worker_id text,
        sent_at timestamptz,
        claimed_at timestamptz,
        deadline_at timestamptz,
        last_error text,
        CONSTRAINT task_once UNIQUE (job_id, run, stage, idx)
    ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0)
    """,
    # dispatch: the workspaces that wait on a lane, and each one's next tasks
    "CREATE INDEX task_ready ON task (lane, workspace_id, order_at, id) WHERE state = 'ready'",
    # dispatch: what has become due
    "CREATE INDEX task_delayed ON task (run_at) WHERE state = 'delayed'",
    # dispatch: how full a lane's buffer is; reconcile: messages that were lost
    "CREATE INDEX task_sent ON task (lane, sent_at) WHERE state = 'sent'",
    # keeper: what its worker must stop; reconcile: what a dead worker held
    "CREATE INDEX task_running ON task (worker_id) WHERE state IN ('running', 'stopping')",
    # finish: who gets the slot
    "CREATE INDEX task_held ON task (key, order_at, id) WHERE state = 'held'",
    # reconcile: slots in use per key
    "CREATE INDEX task_with_slot ON task (key) WHERE has_slot",
    # reconcile: jobs that waited too long
    """
    CREATE INDEX task_expiring ON task (expires_at)
    WHERE expires_at IS NOT NULL AND state IN ('delayed', 'ready', 'held', 'sent')
    """,
    """
    CREATE TABLE part (
        job_id text NOT NULL,
        stage smallint NOT NULL,
        idx integer NOT NULL,
        input jsonb,
        output jsonb,
        error jsonb,
        checkpoint jsonb,
        done boolean NOT NULL DEFAULT false,
        PRIMARY KEY (job_id, stage, idx)
    )
    """,
    """
    CREATE TABLE event (
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        id bigint GENERATED ALWAYS AS IDENTITY,
        workspace_id text NOT NULL,
        job_id text,
        type text NOT NULL,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (xid, id)
    )
    """,
    # the pull feed, and a job's stream
    "CREATE INDEX event_by_workspace ON event (workspace_id, xid, id)",
    "CREATE INDEX event_by_job ON event (job_id, xid, id) WHERE job_id IS NOT NULL",
    """
    CREATE TABLE worker (
        id text PRIMARY KEY,
        host text NOT NULL,
        pid integer NOT NULL,
        lanes text[] NOT NULL,
        threads integer NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        lease_until timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE lane (
        name text PRIMARY KEY,
        paused boolean NOT NULL DEFAULT false,
        paused_by text,
        paused_reason text,
        paused_at timestamptz,
        buffer integer NOT NULL DEFAULT 0,
        turn text NOT NULL DEFAULT ''
    )
    """,
    "INSERT INTO lane (name) SELECT unnest(ARRAY['web', 'ai', 'cpu', 'ask', 'tools', 'hooks', 'quick'])",
    """
    CREATE TABLE slot (
        key text PRIMARY KEY,
        used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
        capacity integer NOT NULL
    )
    """,
    """
    CREATE TABLE idempotency_key (
        workspace_id text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        job_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, key)
    )
    """,
    # pruning
    "CREATE INDEX idempotency_key_age ON idempotency_key (created_at)",
    """
    CREATE TABLE stage_history (
        pipeline text NOT NULL,
        stage text NOT NULL,
        hour timestamptz NOT NULL,
        done bigint NOT NULL DEFAULT 0,
        failed bigint NOT NULL DEFAULT 0,
        seconds double precision NOT NULL DEFAULT 0,
        PRIMARY KEY (pipeline, stage, hour)
    )
    """,
    "CREATE TABLE engine_state (single boolean PRIMARY KEY DEFAULT true CHECK (single), redis_epoch text NOT NULL DEFAULT '')",
    "INSERT INTO engine_state DEFAULT VALUES",
    """
    CREATE TABLE schedule (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        name text NOT NULL,
        cron text NOT NULL,
        pipeline text NOT NULL,
        surface text NOT NULL,
        input jsonb NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        next_at timestamptz NOT NULL,
        last_at timestamptz,
        UNIQUE (workspace_id, name)
    )
    """,
    # the scheduler: what is due
    "CREATE INDEX schedule_due ON schedule (next_at) WHERE enabled",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
