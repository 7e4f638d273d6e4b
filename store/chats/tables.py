"""The tables of chats; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class Chat(Model):
    """One conversation of `owner` (a person's or a key's id). `label` is the caller's own name of it; `state` is what
    the pipeline remembers beside the words."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    kind = peewee.TextField()
    owner = peewee.TextField()
    label = peewee.TextField()
    state = BinaryJSONField(index=False)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class ChatTurn(Model):
    """What one side said, in order. `data` is what came with it: suggestions, sources, the job that was started."""

    chat_id = peewee.TextField()
    number = peewee.IntegerField()
    workspace_id = peewee.TextField()
    role = peewee.TextField()
    content = peewee.TextField()
    data = BinaryJSONField(index=False)
    created_at = DateTimeTZField()

    class Meta:
        primary_key = peewee.CompositeKey("chat_id", "number")
