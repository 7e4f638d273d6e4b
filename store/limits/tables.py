"""What workspaces have used of their months; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class QuotaUse(Model):
    """`month` is its first day (UTC); a month that nobody used has no row. `told_at`: its end was told."""

    workspace_id = peewee.TextField()
    quota = peewee.TextField()
    month = peewee.DateField()
    used = peewee.BigIntegerField()
    told_at = DateTimeTZField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "quota", "month")
