"""The tables of agents and their published versions; conversations and figures are written in SQL beside their verbs."""

from __future__ import annotations

from typing import ClassVar

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.brands.tables import Jsonb
from store.kit.db import Model


class Agent(Model):
    """An agent as its makers last left it; visitors see the last of its versions.

    `messages` counts both sides; these counters are written with what they count (figures.py).
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField(null=True)
    agent_type = peewee.TextField()
    status = peewee.TextField(default="DRAFT")
    version = peewee.TextField(default="1.0")
    behavior_settings = Jsonb()
    response_config = Jsonb()
    conversation_rules = Jsonb()
    greeting_message = peewee.TextField()
    fallback_message = peewee.TextField()
    appearance = Jsonb()
    behavior = Jsonb()
    branding = Jsonb()
    collection_ids = Jsonb()
    conversations = peewee.BigIntegerField(default=0)
    messages = peewee.BigIntegerField(default=0)
    likes = peewee.BigIntegerField(default=0)
    dislikes = peewee.BigIntegerField(default=0)
    published_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()
    deleted_at = DateTimeTZField(null=True)


class AgentVersion(Model):
    """What was published: a `Config` of values.py, whole. `number` counts from 1."""

    agent = peewee.ForeignKeyField(Agent, column_name="agent_id", on_delete="CASCADE")
    version = peewee.TextField()
    number = peewee.IntegerField()
    config = Jsonb()
    published_at = DateTimeTZField()

    class Meta:
        primary_key: ClassVar = peewee.CompositeKey("agent", "number")
