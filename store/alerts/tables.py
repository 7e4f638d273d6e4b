"""The tables of alerts; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.kit.db import Model


class Alert(Model):
    """`due_at` is when it is looked at next, null: when there are new figures. `actual` is what was found last."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    type = peewee.TextField()
    name = peewee.TextField(null=True)
    threshold = peewee.DoubleField()
    min_runs = peewee.IntegerField()
    window_minutes = peewee.IntegerField()
    is_active = peewee.BooleanField()
    is_firing = peewee.BooleanField(default=False)
    actual = peewee.DoubleField(null=True)
    due_at = DateTimeTZField(null=True)
    checked_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class AlertEpisode(Model):
    """From when the threshold was passed until it no longer was; `actual` is what it began with, `worst` the highest."""

    id = peewee.TextField(primary_key=True)
    alert_id = peewee.TextField()
    workspace_id = peewee.TextField()
    threshold = peewee.DoubleField()
    actual = peewee.DoubleField()
    worst = peewee.DoubleField()
    runs = peewee.BigIntegerField()
    started_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)
    ended_because = peewee.TextField(null=True)
