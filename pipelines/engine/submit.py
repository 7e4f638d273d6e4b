"""Submitting jobs: checked here, written in shared batches, woken after the commit.

Submits that arrive together share one statement (store/jobs/accept.py). A job that must be part of a larger
transaction goes through `submit_in_transaction`, and so does one that costs credits or is charged to a monthly quota
(setting `quotas.jobs`): the charge and the job happen together, a replay costs nothing. With Redis down a submit is
accepted all the same; with Postgres down it raises Unavailable.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct

from pipelines import catalog
from pipelines.engine import acceptor, charging
from pipelines.engine.backlog import Backlog
from pipelines.engine.pipeline import Pipeline
from store.jobs import accept
from store.jobs.records import Accepted, NewJob
from store.kit import db, log, structs
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput, PayloadTooLarge
from store.kit.ids import new_id
from store.kit.settings import settings
from store.kit.tickets import Ticket
from store.kit.validation import refusal
from store.limits import quotas

PRIORITIES = range(-10, 11)
FURTHEST = timedelta(days=366)
MAX_IDEMPOTENCY_KEY = 255
_backlog = Backlog()  # of the jobs that are not accepted in shared batches
_counting = threading.Lock()


class Submission(Struct, frozen=True, kw_only=True):
    """A wish for work. `input` is a JSON value, or Raw when it is encoded already."""

    workspace_id: str
    pipeline: str
    input: Any
    surface: str = "craudioviz"
    priority: int = 0
    run_at: datetime | None = None
    concurrency_key: str | None = None
    ttl_seconds: float | None = None
    idempotency_key: str | None = None
    created_by: str | None = None
    sandbox: bool = False
    """By a test key: it costs nothing and is marked."""


def submit(submission: Submission) -> Accepted:
    """Accept one job; blocks until it is durable. Not inside a transaction: see submit_in_transaction."""
    job = check(submission)
    if _is_charged(job):
        return _accept_charged(job)
    future: Future[Accepted] = Future()
    acceptor.hand_in(Ticket(job, future))
    return future.result()


async def submit_async(submission: Submission) -> Accepted:
    """Accept one job without holding a thread."""
    job = check(submission)
    if _is_charged(job):
        return await asyncio.to_thread(_accept_charged, job)
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Accepted] = loop.create_future()
    acceptor.hand_in(Ticket(job, future, loop))
    return await future


async def submit_many(submissions: Sequence[Submission]) -> list[Accepted | Exception]:
    """Accept each on its own: an answer or the error of each, in order."""

    async def one(submission: Submission) -> Accepted:
        return await submit_async(submission)

    found = await asyncio.gather(*(one(submission) for submission in submissions), return_exceptions=True)
    return [answer if isinstance(answer, Accepted) else _as_error(answer) for answer in found]


def submit_in_transaction(submission: Submission) -> Accepted:
    """Accept one job as part of the caller's open `db.transaction()`; it is woken after the commit."""
    return _accept(check(submission))


def _is_charged(job: NewJob) -> bool:
    return bool(job.price) or quotas.is_limited("jobs")


def _accept_charged(job: NewJob) -> Accepted:
    with db.transaction():
        with _counting:
            too_many = _backlog.refusal(db.database.connection().cursor(), job)
        if too_many is not None:
            raise too_many
        return _accept(job)


def _accept(job: NewJob) -> Accepted:
    connection = db.database.connection()
    db.prepare(connection, accept.STATEMENTS)
    with connection.cursor() as cursor:
        written = accept.insert(cursor, [job])
        if job.id not in written.created:
            return acceptor.replayed(job, accept.holders(cursor, [job]))
        charging.reserve(cursor, job.workspace_id, job.id, run=1, pipeline=job.pipeline, price=job.price)
    if job.public and quotas.is_limited("jobs"):
        quotas.charge(job.workspace_id, "jobs")
    db.after_commit(lambda: acceptor.wake(written))
    return Accepted(id=job.id, pipeline=job.pipeline, created_at=written.created[job.id])


def check(submission: Submission) -> NewJob:
    """Everything that can be wrong with a submission, before anything is written."""
    pipeline = catalog.get(submission.pipeline)
    raw = _checked_input(pipeline, submission.input)
    if submission.priority not in PRIORITIES:
        raise InvalidInput("priority must be between -10 and 10.", field="priority")
    if submission.run_at is not None and submission.run_at > _latest():
        raise InvalidInput("run_at must lie within a year.", field="run_at")
    key = submission.idempotency_key
    if key is not None and not (0 < len(key) <= MAX_IDEMPOTENCY_KEY and key.isprintable()):
        raise InvalidInput("Idempotency-Key must have 1 to 255 printable characters.", field="Idempotency-Key")
    limits = settings().engine
    ttl = limits.ttl_seconds if submission.ttl_seconds is None else submission.ttl_seconds
    if not 1 <= ttl <= limits.ttl_seconds:
        raise InvalidInput(f"ttl_seconds must lie between 1 and {limits.ttl_seconds:.0f}.", field="ttl_seconds")
    stage = pipeline.stages[0]
    _check_key(submission.concurrency_key)
    is_priced = pipeline.price is not None and not submission.sandbox
    value = msgspec.json.decode(raw) if stage.key or is_priced else None
    slot = stage.key_of(submission.workspace_id, value, submission.concurrency_key)
    return NewJob(
        id=new_id("job"),
        workspace_id=submission.workspace_id,
        pipeline=pipeline.name,
        surface=submission.surface,
        public=not pipeline.internal,
        priority=submission.priority,
        input=Raw(raw),
        run_at=submission.run_at,
        ttl_seconds=ttl,
        created_by=submission.created_by,
        concurrency_key=submission.concurrency_key,
        lane=stage.lane,
        deadline_seconds=stage.deadline.total_seconds(),
        key=slot.name if slot else None,
        key_limit=slot.limit if slot else None,
        idempotency_key=key,
        fingerprint=_fingerprint(submission, raw) if key else None,
        request_id=log.current("request_id"),
        price=pipeline.price(value) if pipeline.price is not None and is_priced and value is not None else 0,
        sandbox=submission.sandbox,
    )


def _check_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= 128 and key.isprintable()):
        raise InvalidInput("concurrency_key must have 1 to 128 printable characters.", field="concurrency_key")


def _checked_input(pipeline: Pipeline, value: Any) -> bytes:
    raw = bytes(value) if isinstance(value, Raw) else msgspec.json.encode(value)
    limit = settings().engine.max_input_bytes
    if len(raw) > limit:
        raise PayloadTooLarge(f"input must not be larger than {limit} bytes.", field="input")
    try:
        structs.decode(raw, pipeline.input)
    except msgspec.ValidationError as error:
        raise refusal(error, whole="input", within="input") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidInput("input is not JSON that can be read.", field="input") from error
    if b"\\u0000" in raw and "\x00" in _all_text(msgspec.json.decode(raw)):
        raise InvalidInput("input holds a NUL character, which cannot be stored.", field="input")
    return raw


def _all_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(key + _all_text(item) for key, item in value.items())
    return "".join(map(_all_text, value)) if isinstance(value, list) else ""


def _fingerprint(submission: Submission, raw: bytes) -> str:
    """What makes two requests under one key the same: all that the caller chose."""
    rest = msgspec.json.encode(
        (
            submission.pipeline, submission.priority, submission.run_at, submission.concurrency_key,
            submission.surface, submission.sandbox,
        )
    )  # fmt: skip
    return hashlib.blake2b(raw + rest, digest_size=16).hexdigest()


def _latest() -> datetime:
    return utc_now() + FURTHEST


def _as_error(answer: BaseException) -> Exception:
    return answer if isinstance(answer, Exception) else RuntimeError(type(answer).__name__)
