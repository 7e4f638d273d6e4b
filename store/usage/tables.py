"""The tables of API use; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class RequestHour(Model):
    """Requests of one caller (a person's or a key's id) in one UTC hour.

    `failed` were answered 400 or higher. `timed` of them have their time in `milliseconds`: streams and answers that
    were asked to wait have none.
    """

    workspace_id = peewee.TextField()
    hour = DateTimeTZField()
    caller = peewee.TextField()
    requests = peewee.BigIntegerField()
    failed = peewee.BigIntegerField()
    timed = peewee.BigIntegerField()
    milliseconds = peewee.DoubleField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "hour", "caller")


class LimitTold(Model):
    """That a workspace was told of a limit it met, once for each `period` ("2026-02", "2026-02-03")."""

    workspace_id = peewee.TextField()
    quota = peewee.TextField()
    period = peewee.TextField()
    told_at = DateTimeTZField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "quota", "period")
