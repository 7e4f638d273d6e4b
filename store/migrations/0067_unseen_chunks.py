"""Chunks that no search sees: documents are indexed and removed in many short transactions, not in one long one."""

STATEMENTS = (
    # `ids`: those of its chunks. `job_id` is whose chunks they will be; null: they only wait to be removed. The row may
    # outlive its document.
    """
    CREATE TABLE unseen (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        workspace_id text NOT NULL,
        collection_no integer NOT NULL,
        document_id text NOT NULL,
        job_id text,
        ids int8multirange NOT NULL DEFAULT '{}',
        chunk_count integer NOT NULL DEFAULT 0,
        term_count bigint NOT NULL DEFAULT 0,
        config_chunks jsonb NOT NULL DEFAULT '{}'
    )
    """,
    "CREATE UNIQUE INDEX unseen_in_work ON unseen (document_id) WHERE job_id IS NOT NULL",  # one at a time
    "CREATE INDEX unseen_by_document ON unseen (document_id)",  # the stages, previews
    "CREATE INDEX unseen_by_collection ON unseen (collection_no)",  # every search
    "CREATE INDEX unseen_by_workspace ON unseen (workspace_id)",  # the removal of a workspace
    # A document's end is short: its chunks are hidden with it, and removed after it.
    "ALTER TABLE chunk DROP CONSTRAINT chunk_document_id_fkey",
    # It has chunks of two contents while one replaces the other. Ids rise with idx.
    "CREATE INDEX chunk_of_document ON chunk (document_id, id)",
    "DROP INDEX chunk_by_document",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
