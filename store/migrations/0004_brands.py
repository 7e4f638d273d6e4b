"""Brands: the profile that onboarding proposes and people approve, and the reviews in between."""

ENTRY_COLUMNS = """
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
    UNIQUE (brand_id, name_key)
"""


def up(migrator, db):
    db.execute_sql("""
        CREATE TABLE brand (
            id text PRIMARY KEY,
            workspace_id text NOT NULL,
            label text NOT NULL CHECK (label <> ''),
            website_url text,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            UNIQUE (workspace_id, label)
        )""")
    db.execute_sql("""
        CREATE TABLE brand_identity (
            id text PRIMARY KEY,
            workspace_id text NOT NULL,
            brand_id text NOT NULL UNIQUE REFERENCES brand ON DELETE CASCADE,
            name text,
            tagline text,
            mission text,
            vision text,
            core_values jsonb,
            brand_story text,
            unique_selling_points jsonb,
            founded_year smallint,
            headquarters text,
            sources jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        )""")
    db.execute_sql(f"""
        CREATE TABLE brand_competitor ({ENTRY_COLUMNS},
            domain text,
            is_primary boolean NOT NULL DEFAULT false,
            strengths jsonb,
            weaknesses jsonb,
            market_share double precision,
            differentiators jsonb
        )""")
    db.execute_sql(f"""
        CREATE TABLE brand_product ({ENTRY_COLUMNS},
            sku text,
            category text,
            subcategory text,
            description text,
            short_description text,
            features jsonb,
            benefits jsonb,
            pricing jsonb,
            url text,
            is_active boolean NOT NULL DEFAULT true
        )""")
    db.execute_sql(f"""
        CREATE TABLE brand_audience ({ENTRY_COLUMNS},
            demographics text,
            psychographics text
        )""")
    db.execute_sql("""
        CREATE TABLE review (
            id text PRIMARY KEY,
            workspace_id text NOT NULL,
            brand_id text NOT NULL REFERENCES brand ON DELETE CASCADE,
            job_id text NOT NULL,
            data_type text NOT NULL CHECK (data_type IN ('identity', 'competitors', 'products', 'audience')),
            status text NOT NULL CHECK (status IN ('pending', 'approved', 'partially_approved', 'rejected')),
            notes text,
            reason text,
            reviewer text,
            resolved_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            UNIQUE (job_id, data_type)
        )""")
    # the last decision on each field of a brand, and the workspace's dashboard of reviews, newest first
    db.execute_sql("CREATE INDEX review_by_brand ON review (brand_id, data_type)")
    db.execute_sql("CREATE INDEX review_by_workspace ON review (workspace_id, id DESC)")
    db.execute_sql("""
        CREATE TABLE field_review (
            review_id text NOT NULL REFERENCES review ON DELETE CASCADE,
            field text NOT NULL,
            position integer NOT NULL,
            value jsonb NOT NULL,
            confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
            status text NOT NULL CHECK (status IN ('pending', 'approved', 'edited', 'rejected', 'auto_approved')),
            evidence jsonb NOT NULL,
            alternatives jsonb NOT NULL,
            final_value jsonb,
            feedback text,
            reviewer text,
            decided_at timestamptz,
            PRIMARY KEY (review_id, field),
            CHECK ((status = 'pending') = (decided_at IS NULL))
        )""")
