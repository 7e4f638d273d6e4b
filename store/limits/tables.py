"""What workspaces have used of their months; the schema itself is in the migrations."""

from __future__ import annotations

import peewee

from store.kit.db import Model


class QuotaUse(Model):
    """`month` is its first day (UTC); a month that nobody used has no row."""

    workspace_id = peewee.TextField()
    quota = peewee.TextField()
    month = peewee.DateField()
    used = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "quota", "month")
