"""Credits: a balance for each workspace and mode, the ledger that explains it, and what a job costs."""

STATEMENTS = (
    "ALTER TABLE job ADD COLUMN price integer NOT NULL DEFAULT 0 CHECK (price >= 0)",
    "ALTER TABLE job ADD COLUMN sandbox boolean NOT NULL DEFAULT false",
    """
    CREATE TABLE credit_account (
        workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
        mode text NOT NULL CHECK (mode IN ('live', 'test')),
        balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
        allowance_month date,
        allowance_given bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace_id, mode)
    )
    """,
    """
    CREATE TABLE credit_entry (
        id text PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        workspace_id text NOT NULL,
        mode text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('allowance', 'purchase', 'usage', 'settled', 'refund')),
        amount bigint NOT NULL,
        balance_after bigint NOT NULL CHECK (balance_after >= 0),
        job_id text,
        run integer,
        pipeline text,
        reference text,
        created_at timestamptz NOT NULL
    )
    """,
    # a job's run is charged once, bought once, and ended once: settled or given back
    "CREATE UNIQUE INDEX credit_entry_once ON credit_entry (job_id, run, kind) WHERE job_id IS NOT NULL",
    "CREATE UNIQUE INDEX credit_entry_end ON credit_entry (job_id, run) WHERE kind IN ('settled', 'refund')",
    # the history, newest first, and its count
    "CREATE INDEX credit_entry_history ON credit_entry (workspace_id, mode, seq) WHERE kind <> 'settled'",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
