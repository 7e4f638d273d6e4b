"""The tables of insights and corrections; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.brands.tables import Jsonb
from store.kit.db import Model


class Insight(Model):
    """One thing that is wrong, however many scans see it: `key` names it within its brand.

    `first_scan_id` saw it first, `scan_id` last; `resolved_at` when a later scan looked and did not find it.
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    key = peewee.TextField()
    type = peewee.TextField()
    severity = peewee.TextField()
    platform = peewee.TextField()
    platforms = Jsonb()
    description = peewee.TextField()
    evidence = peewee.TextField()
    quotes = Jsonb(default=list)
    prevalence = Jsonb()
    prompt_ids = Jsonb(default=list)
    fact_id = peewee.TextField(null=True)
    claimed = peewee.TextField(null=True)
    actual = peewee.TextField(null=True)
    subject = peewee.TextField(null=True)
    sandbox = peewee.BooleanField(default=False)
    first_scan_id = peewee.TextField()
    scan_id = peewee.TextField()
    dismissed_at = DateTimeTZField(null=True)
    resolved_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class Correction(Model):
    """What is done about an insight. `status` is what was last written down: see corrections.py for a lost job.

    `verification` says what the last re-ask found, before and after.
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    insight_id = peewee.TextField()
    fix_type = peewee.TextField()
    status = peewee.TextField(default="pending")
    suggestion = Jsonb()
    job_id = peewee.TextField(null=True)
    verification = Jsonb(null=True)
    created_by = peewee.TextField(null=True)
    approved_by = peewee.TextField(null=True)
    approved_at = DateTimeTZField(null=True)
    verified_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class ScanChange(Model):
    """How a completed scan differs from the brand's one before; its row says that the scan was concluded and told."""

    scan_id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    previous_scan_id = peewee.TextField(null=True)
    comparison = Jsonb(null=True)
    created_at = DateTimeTZField()
