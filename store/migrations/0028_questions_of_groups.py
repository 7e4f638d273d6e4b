"""The members of a group of questions, for the nightly order."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX exchange_by_cluster ON exchange (cluster_id) WHERE cluster_id IS NOT NULL")
