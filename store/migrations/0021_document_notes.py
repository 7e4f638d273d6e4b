"""What was left out of a document when it was read."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE document ADD COLUMN notes text[] NOT NULL DEFAULT '{}'")
