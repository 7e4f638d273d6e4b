"""The tables of credits, as the migration 0040_credits makes them."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class CreditAccount(Model):
    """`allowance_given` is how much of the plan's allowance came in `allowance_month` (its first day, UTC)."""

    workspace_id = peewee.TextField()
    mode = peewee.TextField()
    balance = peewee.BigIntegerField(default=0)
    allowance_month = peewee.DateField(null=True)
    allowance_given = peewee.BigIntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "mode")


class CreditEntry(Model):
    """One change of a balance, or (kind `settled`, amount 0) the mark that a job's price is spent for good.

    `seq` is the order of a workspace's lines: ids of one millisecond have none.
    """

    id = peewee.TextField(primary_key=True)
    seq = peewee.BigIntegerField()
    workspace_id = peewee.TextField()
    mode = peewee.TextField()
    kind = peewee.TextField()
    amount = peewee.BigIntegerField()
    balance_after = peewee.BigIntegerField()
    job_id = peewee.TextField(null=True)
    run = peewee.IntegerField(null=True)
    pipeline = peewee.TextField(null=True)
    reference = peewee.TextField(null=True)
    created_at = DateTimeTZField()
