"""The tables of tracked runs; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class Run(Model):
    """One AI call. `cost` is in nano-dollars, null when nobody knows it; `batch` and `place` make rows of one moment differ."""

    workspace_id = peewee.TextField()
    at = DateTimeTZField()
    batch = peewee.BigIntegerField()
    place = peewee.IntegerField()
    run_id = peewee.TextField(null=True)
    prompt_id = peewee.TextField()
    model = peewee.TextField()
    provider = peewee.TextField()
    success = peewee.BooleanField()
    tokens = peewee.BigIntegerField(null=True)
    input_tokens = peewee.BigIntegerField(null=True)
    output_tokens = peewee.BigIntegerField(null=True)
    cached_tokens = peewee.BigIntegerField(null=True)
    cost = peewee.BigIntegerField(null=True)
    cost_is_reported = peewee.BooleanField(default=False)
    latency_us = peewee.BigIntegerField(null=True)
    input = peewee.TextField(null=True)
    output = peewee.TextField(null=True)
    metadata = BinaryJSONField(null=True, index=False)

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "at", "batch", "place")


class RunKey(Model):
    """A runId or Idempotency-Key that was used, and what the run was."""

    workspace_id = peewee.TextField()
    key = peewee.TextField()
    fingerprint = peewee.TextField()
    created_at = DateTimeTZField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "key")


class RunFeed(Model):
    """A batch that is not counted yet; `broken_at`: it could not be."""

    batch = peewee.BigAutoField()
    runs = peewee.IntegerField()
    written_at = DateTimeTZField()
    broken_at = DateTimeTZField(null=True)


class RunTotal(Model):
    """What a workspace's runs of `minutes` from `at` on come to. `latencies` are their counts by bucket (latency.py)."""

    workspace_id = peewee.TextField()
    minutes = peewee.SmallIntegerField()
    at = DateTimeTZField()
    runs = peewee.BigIntegerField()
    failed = peewee.BigIntegerField()
    priced = peewee.BigIntegerField()
    tokens = peewee.BigIntegerField()
    cost = peewee.DecimalField()
    timed = peewee.BigIntegerField()
    latency_us = peewee.DecimalField()
    slowest_us = peewee.BigIntegerField()
    latencies = peewee.DecimalField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "minutes", "at")


class RunGroup(Model):
    """The same by model (`kind` model) or by prompt (`kind` prompt, no provider). An empty name is whatever came too many."""

    workspace_id = peewee.TextField()
    kind = peewee.TextField()
    minutes = peewee.SmallIntegerField()
    at = DateTimeTZField()
    provider = peewee.TextField()
    name = peewee.TextField()
    runs = peewee.BigIntegerField()
    failed = peewee.BigIntegerField()
    priced = peewee.BigIntegerField()
    tokens = peewee.BigIntegerField()
    cost = peewee.DecimalField()
    timed = peewee.BigIntegerField()
    latency_us = peewee.DecimalField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "kind", "minutes", "at", "provider", "name")
