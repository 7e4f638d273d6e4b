"""The table of kept answers; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class LlmAnswer(Model):
    """`key` is a hash of model, prompt and schema; `tokens` is what the answer cost when it was paid for."""

    workspace_id = peewee.TextField()
    key = peewee.TextField()
    model = peewee.TextField()
    answer = BinaryJSONField(index=False)
    tokens = peewee.IntegerField()
    created_at = DateTimeTZField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "key")
