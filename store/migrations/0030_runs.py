"""Tracked AI calls: the runs themselves by month, the keys that make them unique, the feed of what is still to be
counted, and the figures that analytics read."""

STATEMENTS = (
    """
    CREATE TABLE run (
        workspace_id text NOT NULL,
        at timestamptz NOT NULL,
        batch bigint NOT NULL,
        place integer NOT NULL,
        run_id text,
        prompt_id text NOT NULL,
        model text NOT NULL,
        provider text NOT NULL,
        success boolean NOT NULL,
        tokens bigint,
        input_tokens bigint,
        output_tokens bigint,
        cached_tokens bigint,
        cost bigint,
        cost_is_reported boolean NOT NULL DEFAULT false,
        latency_us bigint,
        input text,
        output text,
        metadata jsonb,
        -- exports, and the parts of a window that are smaller than the figures
        PRIMARY KEY (workspace_id, at, batch, place)
    ) PARTITION BY RANGE (at)
    """,
    # counting: the runs of a batch
    "CREATE INDEX run_by_batch ON run (batch)",
    # The months that a run may lie in just now; upkeep makes the coming ones.
    """
    DO $$
    DECLARE month date;
    BEGIN
        FOR month IN SELECT generate_series(date_trunc('month', now() - interval '4 months'),
                                            date_trunc('month', now() + interval '2 months'), '1 month')::date
        LOOP
            EXECUTE format('CREATE TABLE run_%s PARTITION OF run FOR VALUES FROM (%L) TO (%L)',
                           to_char(month, 'YYYY_MM'), month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00');
        END LOOP;
    END $$
    """,
    """
    CREATE TABLE run_key (
        workspace_id text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, key)
    )
    """,
    # upkeep: keys past their retention; rows come in the order of their time
    "CREATE INDEX run_key_age ON run_key USING brin (created_at) WITH (autosummarize = on)",
    # What was written and is not counted yet: a row for each batch, deleted in the transaction that counts it.
    """
    CREATE TABLE run_feed (
        batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        runs integer NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now(),
        broken_at timestamptz
    ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0)
    """,
    # `minutes` is the length of what a row counts, from `at` on: 1, 60 or 1440.
    """
    CREATE TABLE run_total (
        workspace_id text NOT NULL,
        minutes smallint NOT NULL,
        at timestamptz NOT NULL,
        runs bigint NOT NULL,
        failed bigint NOT NULL,
        priced bigint NOT NULL,
        tokens bigint NOT NULL,
        cost numeric NOT NULL,
        timed bigint NOT NULL,
        latency_us numeric NOT NULL,
        slowest_us bigint NOT NULL,
        latencies bigint[] NOT NULL,
        PRIMARY KEY (workspace_id, minutes, at)
    ) WITH (fillfactor = 60)
    """,
    "CREATE INDEX run_total_age ON run_total USING brin (at) WITH (autosummarize = on)",
    """
    CREATE TABLE run_group (
        workspace_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('model', 'prompt')),
        minutes smallint NOT NULL,
        at timestamptz NOT NULL,
        provider text NOT NULL,
        name text NOT NULL,
        runs bigint NOT NULL,
        failed bigint NOT NULL,
        priced bigint NOT NULL,
        tokens bigint NOT NULL,
        cost numeric NOT NULL,
        timed bigint NOT NULL,
        latency_us numeric NOT NULL,
        PRIMARY KEY (workspace_id, kind, minutes, at, provider, name)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX run_group_age ON run_group USING brin (at) WITH (autosummarize = on)",
    # that a month's limit was reached is told once
    "ALTER TABLE quota_use ADD COLUMN told_at timestamptz",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement.replace("%", "%%") if "%L" in statement else statement)
