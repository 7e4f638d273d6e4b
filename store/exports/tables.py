"""The table of exports; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class Export(Model):
    """A file of the runs of [start_at, end_at). Without `blob_id` it is what its job is."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    job_id = peewee.TextField(unique=True)
    format = peewee.TextField()
    with_texts = peewee.BooleanField()
    start_at = DateTimeTZField()
    end_at = DateTimeTZField()
    blob_id = peewee.TextField(null=True)
    runs = peewee.BigIntegerField(null=True)
    created_by = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
