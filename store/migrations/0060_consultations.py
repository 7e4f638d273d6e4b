"""What the judge's model was asked about an answer, and what it replied: kept with the answer, so that nothing is paid twice."""

STATEMENTS = (
    "ALTER TABLE scan ADD COLUMN judge_tokens bigint NOT NULL DEFAULT 0",
    # found by the answers that are judged; one row for each set of facts and each model that it was asked with
    """
    CREATE TABLE consultation (
        answer_id text NOT NULL REFERENCES answer ON DELETE CASCADE,
        key text NOT NULL,
        workspace_id text NOT NULL,
        scan_id text NOT NULL,
        job_id text,
        model text NOT NULL,
        state text NOT NULL CHECK (state IN ('planned', 'asking', 'kept', 'failed')),
        calls smallint NOT NULL DEFAULT 0,
        reserved_nano bigint NOT NULL DEFAULT 0,
        reserved_tokens integer NOT NULL DEFAULT 0,
        tokens integer,
        cost_nano bigint,
        reply jsonb,
        error jsonb,
        asked_at timestamptz,
        ended_at timestamptz,
        PRIMARY KEY (answer_id, key),
        CHECK ((state = 'kept') = (reply IS NOT NULL))
    )
    """,
    # what a scan's judging used and cost
    "CREATE INDEX consultation_by_scan ON consultation (workspace_id, scan_id)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
