"""One report a job, so that a replayed request finds its report; and what resolved insights are pruned by."""

STATEMENTS = (
    "CREATE UNIQUE INDEX report_by_job ON report (job_id)",
    # pruning
    "CREATE INDEX insight_by_end ON insight (resolved_at) WHERE resolved_at IS NOT NULL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
