"""The tables of blobs; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class Blob(Model):
    """One file. `size` and `sha256` are null while it is being written; `expires_at` null: kept until it is deleted."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    name = peewee.TextField()
    media_type = peewee.TextField()
    size = peewee.BigIntegerField(null=True)
    sha256 = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField(null=True)


class BlobPiece(Model):
    """`data` number `idx` of a blob; all but the last are of one length."""

    blob_id = peewee.TextField()
    idx = peewee.IntegerField()
    data = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("blob_id", "idx")
