"""The tables of perception. Every row carries its workspace, but for the gates, which are the installation's own;
the schema itself is in the migrations.
"""

from __future__ import annotations

import peewee
from playhouse.postgres_ext import DateTimeTZField

from store.brands.tables import Jsonb
from store.kit.db import Model


class Scan(Model):
    """One round of asking. `status` is what was last written down; while a scan is not
    completed, what its job says holds (store/perception/scans.py).

    `platforms` as they were asked for, `sandboxed` those of them that the sandbox answers. `facts` are those it was
    judged by, `score` what was made of it, `metrics` and `quadrant` the part of it that lists show. `spent_nano` holds
    what was paid and what is reserved for calls under way, in nano-dollars; `judge_tokens` the same of what the judge's
    model used since the answers were last begun to be judged.
    """

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    job_id = peewee.TextField(unique=True)
    kind = peewee.TextField()
    status = peewee.TextField()
    platforms = Jsonb()
    sandboxed = Jsonb(default=list)
    prompt_count = peewee.IntegerField()
    repeats = peewee.SmallIntegerField()
    prompt_ids = Jsonb(default=list)
    max_spend_nano = peewee.BigIntegerField(null=True)
    spent_nano = peewee.BigIntegerField(default=0)
    judge_tokens = peewee.BigIntegerField(default=0)
    facts = Jsonb(null=True)
    score = Jsonb(null=True)
    metrics = Jsonb(null=True)
    quadrant = peewee.TextField(null=True)
    judge_version = peewee.TextField(null=True)
    judged_at = DateTimeTZField(null=True)
    error = Jsonb(null=True)
    created_by = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    started_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)


class Prompt(Model):
    """A question that may be asked about a brand; `text_key` is what spellings of one question have in common."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    text = peewee.TextField()
    text_key = peewee.TextField()
    category = peewee.TextField()
    intent = peewee.TextField()
    branded = peewee.BooleanField()
    usage_count = peewee.IntegerField(default=0)
    created_at = DateTimeTZField()
    last_used_at = DateTimeTZField(null=True)


class Answer(Model):
    """One cell of a scan: prompt x platform x repeat, from the plan on. `state` is `planned`, `asking` (a call is or
    was under way) or how it ended. The judgement stands beside the answer, so that it can be made anew.
    """

    prompt: Prompt  # where store/perception/answers.py read it as well

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    scan_id = peewee.TextField()
    prompt_id = peewee.TextField()
    platform = peewee.TextField()
    repeat = peewee.SmallIntegerField()
    state = peewee.TextField()
    calls = peewee.SmallIntegerField(default=0)
    reserved_nano = peewee.BigIntegerField(default=0)
    text = peewee.TextField(default="")
    citations = Jsonb(default=list)
    queries = Jsonb(default=list)
    usage = Jsonb(null=True)
    cost_nano = peewee.BigIntegerField(null=True)
    cost_source = peewee.TextField(null=True)
    model = peewee.TextField(default="")
    sandbox = peewee.BooleanField(default=False)
    request_id = peewee.TextField(null=True)
    elapsed_ms = peewee.IntegerField(null=True)
    error = Jsonb(null=True)
    asked_at = DateTimeTZField(null=True)
    answered_at = DateTimeTZField(null=True)
    judgement = Jsonb(null=True)
    voice = peewee.DoubleField(null=True)
    judge_version = peewee.TextField(null=True)
    judged_at = DateTimeTZField(null=True)


class Consultation(Model):
    """One question to the judge's model about an answer; `key` is a hash of all that was asked, the model included.

    `state`: `planned`, `asking` (a call is or was under way, by `job_id`), `kept` with its `reply`, or `failed`. `calls` are
    those of that job. What is reserved counts in the scan's `spent_nano` and `judge_tokens` until the call has ended.
    """

    answer_id = peewee.TextField()
    key = peewee.TextField()
    workspace_id = peewee.TextField()
    scan_id = peewee.TextField()
    job_id = peewee.TextField(null=True)
    model = peewee.TextField()
    state = peewee.TextField()
    calls = peewee.SmallIntegerField(default=0)
    reserved_nano = peewee.BigIntegerField(default=0)
    reserved_tokens = peewee.IntegerField(default=0)
    tokens = peewee.IntegerField(null=True)
    cost_nano = peewee.BigIntegerField(null=True)
    reply = Jsonb(null=True)
    error = Jsonb(null=True)
    asked_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("answer_id", "key")


class PlatformGate(Model):
    """What all callers of a platform wait for: the next turn of its rate, a wait it asked for, a pause after an error
    that asking again does not heal (an empty account, a refused key).
    """

    platform = peewee.TextField(primary_key=True)
    next_at = DateTimeTZField()
    blocked_until = DateTimeTZField()
    paused_until = DateTimeTZField()
    reason = peewee.TextField(null=True)
