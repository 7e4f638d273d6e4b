"""Latencies by bucket as one number each (store/runs/latency.py), which Postgres adds up by itself."""

STATEMENTS = (
    "ALTER TABLE run_total ADD COLUMN packed numeric NOT NULL DEFAULT 0",
    """
    UPDATE run_total t SET packed = (
        SELECT coalesce(sum(number * 10::numeric ^ (12 * (place - 1))), 0)
          FROM unnest(t.latencies) WITH ORDINALITY AS bucket(number, place) WHERE number > 0)
    """,
    "ALTER TABLE run_total DROP COLUMN latencies",
    "ALTER TABLE run_total RENAME COLUMN packed TO latencies",
    "ALTER TABLE run_total ALTER COLUMN latencies DROP DEFAULT",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
