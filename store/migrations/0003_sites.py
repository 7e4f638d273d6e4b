"""Sites: what a crawl found and kept, the last copy of each page, and the politeness that all crawls share."""


def up(migrator, db):
    db.execute_sql("""
        CREATE TABLE site_crawl (
            workspace_id text NOT NULL,
            job_id text NOT NULL,
            run integer NOT NULL,
            token text NOT NULL,
            site text NOT NULL,
            root_url text NOT NULL,
            budget integer NOT NULL CHECK (budget > 0),
            sitemaps_read boolean NOT NULL DEFAULT false,
            notes jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            finished_at timestamptz,
            PRIMARY KEY (workspace_id, job_id)
        )""")
    db.execute_sql("CREATE INDEX site_crawl_created_at ON site_crawl (created_at)")
    db.execute_sql("""
        CREATE TABLE site_page (
            id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            workspace_id text NOT NULL,
            job_id text NOT NULL,
            url_key text NOT NULL,
            url text NOT NULL,
            final_url text,
            state text NOT NULL CHECK (state IN
                ('queued', 'fetching', 'fetched', 'unchanged', 'duplicate', 'skipped', 'failed')),
            reason text,
            depth integer NOT NULL,
            priority real NOT NULL,
            has_slot boolean NOT NULL DEFAULT false,
            attempts integer NOT NULL DEFAULT 0,
            not_before timestamptz,
            anchors text[] NOT NULL DEFAULT '{}',
            status integer,
            content_type text,
            etag text,
            last_modified text,
            content_hash text,
            text_hash text,
            html bytea,
            canonical text,
            language text,
            needs_js boolean NOT NULL DEFAULT false,
            fetched_at timestamptz,
            PRIMARY KEY (workspace_id, job_id, url_key),
            FOREIGN KEY (workspace_id, job_id) REFERENCES site_crawl ON DELETE CASCADE,
            CHECK ((state IN ('fetched', 'unchanged')) = (html IS NOT NULL)),
            CHECK (state NOT IN ('duplicate', 'skipped', 'failed') OR reason IS NOT NULL)
        )""")
    db.execute_sql("""
        CREATE INDEX site_page_queue ON site_page (workspace_id, job_id, has_slot DESC, priority DESC, id)
        WHERE state = 'queued'""")
    db.execute_sql("CREATE INDEX site_page_slots ON site_page (workspace_id, job_id) WHERE has_slot")
    db.execute_sql("""
        CREATE TABLE page_copy (
            workspace_id text NOT NULL,
            url_key text NOT NULL,
            site text NOT NULL,
            url text NOT NULL,
            etag text,
            last_modified text,
            content_type text,
            content_hash text NOT NULL,
            html bytea NOT NULL,
            findings jsonb,
            rules_version text,
            seen_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (workspace_id, url_key)
        )""")
    db.execute_sql("CREATE INDEX page_copy_seen_at ON page_copy (seen_at)")
    db.execute_sql("""
        CREATE TABLE robots_copy (
            origin text PRIMARY KEY,
            status integer NOT NULL,
            body text NOT NULL,
            fetched_at timestamptz NOT NULL DEFAULT now()
        )""")
    db.execute_sql("""
        CREATE TABLE host_gate (
            host text PRIMARY KEY,
            next_at timestamptz NOT NULL,
            slots jsonb NOT NULL DEFAULT '{}',
            slowdown double precision NOT NULL DEFAULT 0
        )""")
