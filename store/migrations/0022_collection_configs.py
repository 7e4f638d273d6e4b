"""How many chunks of a collection each text search configuration has cut: what a word's rarity is measured against."""

STATEMENTS = (
    "ALTER TABLE collection ADD COLUMN config_chunks jsonb NOT NULL DEFAULT '{}'",
    # what is there already is counted as before, all chunks for each configuration
    """
    UPDATE collection SET config_chunks = (SELECT jsonb_object_agg(config, chunk_count) FROM unnest(configs) AS config)
     WHERE configs <> '{}'
    """,
    "ALTER TABLE collection DROP COLUMN configs",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
