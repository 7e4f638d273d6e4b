"""The tables of sites as peewee sees them; the schema itself is in the migrations."""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class SiteCrawl(Model):
    """One job's reading of one site. `token` fences: only the holder of the latest lease writes."""

    workspace_id = peewee.TextField()
    job_id = peewee.TextField()
    run = peewee.IntegerField()
    token = peewee.TextField()
    site = peewee.TextField()
    root_url = peewee.TextField()
    budget = peewee.IntegerField()
    sitemaps_read = peewee.BooleanField()
    notes = BinaryJSONField(index=False)
    created_at = DateTimeTZField()
    finished_at = DateTimeTZField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "job_id")


class SitePage(Model):
    """One URL of a crawl, in one of queued, fetching, fetched, unchanged, duplicate, skipped, failed; the last three
    with a `reason`. `html` is the decoded text, UTF-8, zlib-compressed. `has_slot`: it counts against the budget."""

    id = peewee.BigIntegerField()
    workspace_id = peewee.TextField()
    job_id = peewee.TextField()
    url_key = peewee.TextField()
    url = peewee.TextField()
    final_url = peewee.TextField(null=True)
    state = peewee.TextField()
    reason = peewee.TextField(null=True)
    depth = peewee.IntegerField()
    priority = peewee.FloatField()
    has_slot = peewee.BooleanField()
    attempts = peewee.IntegerField()
    not_before = DateTimeTZField(null=True)
    anchors = ArrayField(peewee.TextField, index=False)
    status = peewee.IntegerField(null=True)
    content_type = peewee.TextField(null=True)
    etag = peewee.TextField(null=True)
    last_modified = peewee.TextField(null=True)
    content_hash = peewee.TextField(null=True)
    text_hash = peewee.TextField(null=True)
    html = peewee.BlobField(null=True)
    canonical = peewee.TextField(null=True)
    language = peewee.TextField(null=True)
    needs_js = peewee.BooleanField()
    fetched_at = DateTimeTZField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "job_id", "url_key")


class PageCopy(Model):
    """The last body of a URL in a workspace, with its validators, and what was found in exactly that body."""

    workspace_id = peewee.TextField()
    url_key = peewee.TextField()
    site = peewee.TextField()
    url = peewee.TextField()
    etag = peewee.TextField(null=True)
    last_modified = peewee.TextField(null=True)
    content_type = peewee.TextField(null=True)
    content_hash = peewee.TextField()
    html = peewee.BlobField()
    findings = BinaryJSONField(null=True, index=False)
    rules_version = peewee.TextField(null=True)
    seen_at = DateTimeTZField()

    class Meta:
        primary_key = peewee.CompositeKey("workspace_id", "url_key")


class RobotsCopy(Model):
    """A robots.txt as it was answered: public, so shared by all workspaces."""

    origin = peewee.TextField(primary_key=True)
    status = peewee.IntegerField()
    body = peewee.TextField()
    fetched_at = DateTimeTZField()


class HostGate(Model):
    """When a host may be asked next. `slots` maps holders to the end of their slot (epoch seconds); `slowdown` is a
    pause in seconds that the host itself asked for by answering 429."""

    host = peewee.TextField(primary_key=True)
    next_at = DateTimeTZField()
    slots = BinaryJSONField(index=False)
    slowdown = peewee.DoubleField()
