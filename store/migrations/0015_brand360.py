"""Brand 360: market position, target audience, personas and positioning; how reviews fare, by workspace."""

SECTION_COLUMNS = """
    id text PRIMARY KEY,
    workspace_id text NOT NULL,
    brand_id text NOT NULL UNIQUE REFERENCES brand ON DELETE CASCADE,
    sources jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
"""
STATEMENTS = (
    f"""
    CREATE TABLE brand_market_position ({SECTION_COLUMNS},
        market_segment text,
        geographic_markets jsonb,
        industry_verticals jsonb,
        positioning text
    )""",
    f"""
    CREATE TABLE brand_target_audience ({SECTION_COLUMNS},
        primary_market text,
        geographic_focus text,
        target_industries jsonb,
        target_job_titles jsonb
    )""",
    f"""
    CREATE TABLE brand_positioning ({SECTION_COLUMNS},
        positioning_statement text,
        target_audience_summary text,
        category_definition text,
        primary_benefit text,
        primary_differentiator text,
        value_propositions jsonb,
        proof_points jsonb,
        positioning_axes jsonb
    )""",
    """
    CREATE TABLE brand_persona (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
        name text NOT NULL,
        name_key text NOT NULL,
        source jsonb NOT NULL DEFAULT '{}',
        locked_at timestamptz,
        removed_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        title text,
        archetype text,
        type text,
        age_range text,
        industry text,
        primary_goals jsonb,
        pain_points jsonb,
        UNIQUE (brand_id, name_key)
    )""",
    # the dashboard of reviews: a workspace's, or everybody's, newest first, those of one status
    "CREATE INDEX review_by_status ON review (workspace_id, status, id DESC)",
    "CREATE INDEX review_of_all_by_status ON review (status, id DESC)",
    """
    CREATE TABLE review_tally (
        workspace_id text PRIMARY KEY,
        pending bigint NOT NULL DEFAULT 0,
        approved bigint NOT NULL DEFAULT 0,
        rejected bigint NOT NULL DEFAULT 0,
        resolved bigint NOT NULL DEFAULT 0,
        resolution_seconds double precision NOT NULL DEFAULT 0
    )""",
    """
    INSERT INTO review_tally
    SELECT workspace_id,
           count(*) FILTER (WHERE resolved_at IS NULL),
           count(*) FILTER (WHERE resolved_at IS NOT NULL AND status <> 'rejected'),
           count(*) FILTER (WHERE resolved_at IS NOT NULL AND status = 'rejected'),
           count(*) FILTER (WHERE resolved_at IS NOT NULL AND reviewer IS NOT NULL),
           coalesce(sum(extract(epoch FROM resolved_at - created_at))
                    FILTER (WHERE resolved_at IS NOT NULL AND reviewer IS NOT NULL), 0)
      FROM review GROUP BY workspace_id
    """,
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
