"""Perception: scans, the questions they ask, and every answer kept whole with what was judged of it."""

STATEMENTS = (
    """
    CREATE TABLE scan (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        job_id text NOT NULL UNIQUE,
        kind text NOT NULL DEFAULT 'scan' CHECK (kind IN ('scan', 'verification')),
        status text NOT NULL DEFAULT 'pending'
            CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
        platforms jsonb NOT NULL,
        sandboxed jsonb NOT NULL DEFAULT '[]',
        prompt_count integer NOT NULL CHECK (prompt_count > 0),
        repeats smallint NOT NULL CHECK (repeats > 0),
        prompt_ids jsonb NOT NULL DEFAULT '[]',
        max_spend_nano bigint,
        spent_nano bigint NOT NULL DEFAULT 0,
        facts jsonb,
        score jsonb,
        metrics jsonb,
        quadrant text,
        judge_version text,
        judged_at timestamptz,
        error jsonb,
        created_by text,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        CHECK ((finished_at IS NULL) = (status IN ('pending', 'running')))
    )
    """,
    # a brand's scans, newest first; its completed ones, for the summary and the comparison with the scan before
    "CREATE INDEX scan_by_brand ON scan (workspace_id, brand_id, id DESC) WHERE kind = 'scan'",
    "CREATE INDEX scan_completed ON scan (workspace_id, brand_id, id DESC) WHERE kind = 'scan' AND status = 'completed'",
    # how many are open in a workspace
    "CREATE INDEX scan_open ON scan (workspace_id) WHERE finished_at IS NULL",
    """
    CREATE TABLE prompt (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        text text NOT NULL,
        text_key text NOT NULL,
        category text NOT NULL CHECK (category IN ('product', 'brand', 'competitor')),
        intent text NOT NULL,
        branded boolean NOT NULL,
        usage_count integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        UNIQUE (brand_id, text_key)
    )
    """,
    # a brand's prompts, newest first
    "CREATE INDEX prompt_by_brand ON prompt (workspace_id, brand_id, id DESC)",
    """
    CREATE TABLE answer (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        scan_id text NOT NULL REFERENCES scan ON DELETE CASCADE,
        prompt_id text NOT NULL REFERENCES prompt ON DELETE CASCADE,
        platform text NOT NULL,
        repeat smallint NOT NULL,
        state text NOT NULL DEFAULT 'planned' CHECK (state IN
            ('planned', 'asking', 'valid', 'empty', 'refused', 'truncated', 'absent', 'failed')),
        calls smallint NOT NULL DEFAULT 0,
        reserved_nano bigint NOT NULL DEFAULT 0,
        text text NOT NULL DEFAULT '',
        citations jsonb NOT NULL DEFAULT '[]',
        queries jsonb NOT NULL DEFAULT '[]',
        usage jsonb,
        cost_nano bigint,
        cost_source text CHECK (cost_source IN ('reported', 'computed', 'unpriced')),
        model text NOT NULL DEFAULT '',
        sandbox boolean NOT NULL DEFAULT false,
        request_id text,
        elapsed_ms integer,
        error jsonb,
        asked_at timestamptz,
        answered_at timestamptz,
        judgement jsonb,
        voice double precision,
        judge_version text,
        judged_at timestamptz,
        UNIQUE (scan_id, platform, prompt_id, repeat),
        CHECK (judgement IS NULL OR state = 'valid')
    )
    """,
    # a scan's answers page by page; what of it is still to be judged by the present judge
    "CREATE INDEX answer_by_scan ON answer (workspace_id, scan_id, id)",
    # removing a prompt with its brand
    "CREATE INDEX answer_by_prompt ON answer (prompt_id)",
    """
    CREATE TABLE platform_gate (
        platform text PRIMARY KEY,
        next_at timestamptz NOT NULL DEFAULT now(),
        blocked_until timestamptz NOT NULL DEFAULT now(),
        paused_until timestamptz NOT NULL DEFAULT now(),
        reason text
    )
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
