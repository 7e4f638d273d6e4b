"""Insights of scans, their corrections, how a scan differs from the one before, reports, and schedules by a zone's clock."""

STATEMENTS = (
    """
    CREATE TABLE insight (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        key text NOT NULL,
        type text NOT NULL CHECK (type IN ('hallucination', 'outdated_fact', 'missing_from_answers',
                                           'negative_sentiment', 'competitor_dominance', 'source_gap')),
        severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
        platform text NOT NULL,
        platforms jsonb NOT NULL,
        description text NOT NULL,
        evidence text NOT NULL,
        quotes jsonb NOT NULL DEFAULT '[]',
        prevalence jsonb NOT NULL,
        prompt_ids jsonb NOT NULL DEFAULT '[]',
        fact_id text,
        claimed text,
        actual text,
        subject text,
        sandbox boolean NOT NULL DEFAULT false,
        first_scan_id text NOT NULL,
        scan_id text NOT NULL,
        dismissed_at timestamptz,
        resolved_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (brand_id, key)
    )
    """,
    # a brand's insights, newest first
    "CREATE INDEX insight_by_brand ON insight (workspace_id, brand_id, id DESC)",
    # how many are open
    "CREATE INDEX insight_open ON insight (workspace_id, brand_id) WHERE dismissed_at IS NULL AND resolved_at IS NULL",
    """
    CREATE TABLE correction (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        insight_id text NOT NULL REFERENCES insight ON DELETE CASCADE,
        fix_type text NOT NULL CHECK (fix_type IN ('schema_org', 'content_update', 'faq', 'press_note', 'llms_txt',
                                                   'source_outreach')),
        status text NOT NULL DEFAULT 'pending'
            CHECK (status IN ('pending', 'approved', 'verifying', 'verified', 'failed')),
        suggestion jsonb NOT NULL,
        job_id text,
        verification jsonb,
        created_by text,
        approved_by text,
        approved_at timestamptz,
        verified_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK (status <> 'verifying' OR job_id IS NOT NULL)
    )
    """,
    # a brand's corrections, newest first; those that wait for a person
    "CREATE INDEX correction_by_brand ON correction (workspace_id, brand_id, id DESC)",
    "CREATE INDEX correction_pending ON correction (workspace_id, brand_id) WHERE status = 'pending'",
    # what counts as published; removing an insight
    "CREATE INDEX correction_approved ON correction (workspace_id, brand_id) WHERE approved_at IS NOT NULL",
    "CREATE INDEX correction_by_insight ON correction (insight_id)",
    # one open correction of each kind
    "CREATE UNIQUE INDEX correction_open ON correction (insight_id, fix_type)"
    " WHERE status IN ('pending', 'approved', 'verifying')",
    """
    CREATE TABLE scan_change (
        scan_id text PRIMARY KEY REFERENCES scan ON DELETE CASCADE,
        workspace_id text NOT NULL,
        previous_scan_id text,
        comparison jsonb,
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE report (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        job_id text NOT NULL,
        format text NOT NULL CHECK (format IN ('pdf', 'csv')),
        first_day date,
        last_day date,
        blob_id text,
        missing_glyphs text NOT NULL DEFAULT '',
        created_by text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    # removing a brand; pruning what has expired
    "CREATE INDEX report_by_brand ON report (brand_id)",
    "CREATE INDEX report_by_end ON report (expires_at)",
    # schedules: whose clock the cron is read by, what the last firing made, and why it made nothing
    """
    ALTER TABLE schedule ADD COLUMN timezone text NOT NULL DEFAULT 'UTC',
        ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN last_job_id text, ADD COLUMN last_error text
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
