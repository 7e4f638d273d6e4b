"""The table of reports; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class Report(Model):
    """A file that was asked for. Without `blob_id` it is what its job is; `first_day` and `last_day` are both included.

    `missing_glyphs` are characters of its text that no font could show.
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    job_id = peewee.TextField(unique=True)
    format = peewee.TextField()
    first_day = peewee.DateField(null=True)
    last_day = peewee.DateField(null=True)
    blob_id = peewee.TextField(null=True)
    missing_glyphs = peewee.TextField(default="")
    created_by = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
