"""The tables that people manage; chunks, drafts and postings are written and read by statements of their own."""

from __future__ import annotations

from typing import ClassVar

import peewee
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class Collection(Model):
    """`number` stands for it in chunks and postings. `config_chunks`: its chunks by text search configuration."""

    id = peewee.TextField(primary_key=True)
    number = peewee.IntegerField(unique=True)
    workspace_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField()
    chunk_count = peewee.BigIntegerField(default=0)
    term_count = peewee.BigIntegerField(default=0)
    config_chunks = BinaryJSONField(index=False)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class Document(Model):
    """A file or a website. `status` is PROCESSING while its job is open, see documents.py for how that is told.

    `crawl` is how the website is read; `version` counts the contents that were indexed, or are about to be.
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    collection_id = peewee.TextField()
    title = peewee.TextField()
    source_type = peewee.TextField()
    source_url = peewee.TextField(null=True)
    crawl = BinaryJSONField(null=True, index=False)
    blob_id = peewee.TextField(null=True)
    file_name = peewee.TextField(null=True)
    media_type = peewee.TextField(null=True)
    size = peewee.BigIntegerField(null=True)
    sha256 = peewee.TextField(null=True)
    status = peewee.TextField()
    job_id = peewee.TextField()
    error = BinaryJSONField(null=True, index=False)
    version = peewee.IntegerField()
    language = peewee.TextField(null=True)
    page_count = peewee.IntegerField(null=True)
    chunk_count = peewee.IntegerField(default=0)
    token_count = peewee.IntegerField(default=0)
    term_count = peewee.IntegerField(default=0)
    notes = ArrayField(peewee.TextField, index=False, default=list)
    created_by = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class DocumentVersion(Model):
    """A content of a document that was indexed once; only the last one's chunks are kept."""

    document_id = peewee.TextField()
    version = peewee.IntegerField()
    sha256 = peewee.TextField()
    size = peewee.BigIntegerField()
    chunk_count = peewee.IntegerField()
    token_count = peewee.IntegerField()
    created_at = DateTimeTZField()

    class Meta:
        primary_key: ClassVar = peewee.CompositeKey("document_id", "version")
