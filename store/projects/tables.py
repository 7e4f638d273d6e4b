"""The tables of projects; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class Project(Model):
    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField(null=True)
    tags = ArrayField(peewee.TextField, index=False)
    settings = BinaryJSONField(default=dict, index=False)
    sandbox = peewee.BooleanField()
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class Item(Model):
    """What one job of a tool made; not every job names a project."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    project_id = peewee.TextField(null=True)
    job_id = peewee.TextField(null=True, unique=True)
    type = peewee.TextField()
    name = peewee.TextField()
    sandbox = peewee.BooleanField()
    created_at = DateTimeTZField()


class ItemFile(Model):
    """One file of an item, the best first; `layout` and `width` where an item has several of one format."""

    item_id = peewee.TextField()
    position = peewee.SmallIntegerField()
    format = peewee.TextField()
    layout = peewee.TextField(null=True)
    width = peewee.IntegerField(null=True)
    blob_id = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("item_id", "position")


class File(Model):
    """An upload. `type` is what its content says it is."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    project_id = peewee.TextField(null=True)
    blob_id = peewee.TextField()
    name = peewee.TextField()
    type = peewee.TextField()
    size = peewee.BigIntegerField()
    sandbox = peewee.BooleanField()
    created_at = DateTimeTZField()
