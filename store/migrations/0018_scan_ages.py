"""The index by which upkeep finds scans that ended long ago."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX scan_ended ON scan (finished_at) WHERE finished_at IS NOT NULL")
