"""Knowledge: collections, documents, and the chunks that search reads (vectors and postings)."""

STATEMENTS = (
    # `number` is what chunks and postings carry: a collection's id in each of millions of them would double their size.
    # `chunk_count` and `term_count` are what BM25 must know of the whole, `configs` by which rules its words were cut.
    """
    CREATE TABLE collection (
        id text PRIMARY KEY,
        number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
        workspace_id text NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        chunk_count bigint NOT NULL DEFAULT 0 CHECK (chunk_count >= 0),
        term_count bigint NOT NULL DEFAULT 0 CHECK (term_count >= 0),
        configs text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX collection_by_workspace ON collection (workspace_id, id)",  # listing, search in all of them, removal
    """
    CREATE TABLE document (
        id text PRIMARY KEY,
        workspace_id text NOT NULL,
        collection_id text NOT NULL REFERENCES collection ON DELETE CASCADE,
        title text NOT NULL,
        source_type text NOT NULL CHECK (source_type IN ('FILE', 'URL')),
        source_url text,
        crawl jsonb,
        blob_id text,
        file_name text,
        media_type text,
        size bigint,
        sha256 text,
        status text NOT NULL CHECK (status IN ('PROCESSING', 'COMPLETED', 'FAILED')),
        job_id text NOT NULL,
        error jsonb,
        version integer NOT NULL CHECK (version >= 1),
        language text,
        page_count integer,
        chunk_count integer NOT NULL DEFAULT 0,
        token_count integer NOT NULL DEFAULT 0,
        term_count integer NOT NULL DEFAULT 0,
        created_by text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK ((source_type = 'URL') = (source_url IS NOT NULL)),
        CHECK (source_type = 'URL' OR sha256 IS NOT NULL)
    )
    """,
    # the same bytes are one document
    "CREATE UNIQUE INDEX document_by_bytes ON document (collection_id, sha256) WHERE source_type = 'FILE'",
    "CREATE UNIQUE INDEX document_by_source ON document (collection_id, source_url) WHERE source_type = 'URL'",
    "CREATE INDEX document_by_workspace ON document (workspace_id, id)",  # listing
    "CREATE INDEX document_by_collection ON document (collection_id, id)",  # listing of one, its count, its cascade
    "CREATE INDEX document_open ON document (job_id) WHERE status = 'PROCESSING'",  # upkeep
    """
    CREATE TABLE document_version (
        document_id text NOT NULL REFERENCES document ON DELETE CASCADE,
        version integer NOT NULL,
        sha256 text NOT NULL,
        size bigint NOT NULL,
        chunk_count integer NOT NULL,
        token_count integer NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (document_id, version)
    )
    """,
    # What parsing found and embedding fills, batch by batch; indexing moves it into chunk and posting at once.
    """
    CREATE TABLE chunk_draft (
        document_id text NOT NULL REFERENCES document ON DELETE CASCADE,
        idx integer NOT NULL,
        job_id text NOT NULL,
        content text NOT NULL,
        heading text NOT NULL,
        words text,
        title text,
        url text,
        page integer,
        language text,
        token_count integer NOT NULL,
        emb halfvec(384),
        model text,
        PRIMARY KEY (document_id, idx),
        CHECK ((emb IS NULL) = (model IS NULL))
    )
    """,
    """
    CREATE TABLE chunk (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        workspace_id text NOT NULL,
        collection_no integer NOT NULL,
        document_id text NOT NULL REFERENCES document ON DELETE CASCADE,
        idx integer NOT NULL,
        content text NOT NULL,
        heading text NOT NULL,
        title text,
        url text,
        page integer,
        language text,
        token_count integer NOT NULL,
        emb halfvec(384) NOT NULL,
        model text NOT NULL
    )
    """,
    "ALTER TABLE chunk ALTER COLUMN emb SET STORAGE PLAIN",  # read by every search: never out of line
    "CREATE UNIQUE INDEX chunk_by_document ON chunk (document_id, idx)",  # previews, cascade
    "CREATE INDEX chunk_by_collection ON chunk (collection_no)",  # exact search of small collections
    "CREATE INDEX chunk_by_workspace ON chunk (workspace_id)",  # the removal of a workspace
    "CREATE INDEX chunk_by_meaning ON chunk USING hnsw (emb halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)",
    """
    CREATE TABLE posting (
        collection_no integer NOT NULL,
        lexeme text NOT NULL,
        chunk_id bigint NOT NULL REFERENCES chunk ON DELETE CASCADE,
        tf smallint NOT NULL,
        len smallint NOT NULL
    )
    """,
    "CREATE INDEX posting_by_lexeme ON posting (collection_no, lexeme) INCLUDE (chunk_id, tf, len)",  # the words of a query
    "CREATE INDEX posting_by_chunk ON posting (chunk_id)",  # cascade
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
