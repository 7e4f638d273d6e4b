"""Extensions that every later table may use."""


def up(migrator, db):
    db.execute_sql("CREATE EXTENSION IF NOT EXISTS vector")
