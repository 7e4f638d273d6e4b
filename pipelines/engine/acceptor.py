"""The acceptor: writes the submits of one process in shared batches, and answers each of them.

Whoever waits may be a thread or an event loop. Redis is told before the callers are: a worker starts while
the answer is on its way. An outage of Postgres refuses the batch; a value that cannot be stored only its own job.
"""

from __future__ import annotations

from datetime import timedelta

import psycopg2

from pipelines.engine.backlog import Backlog
from store.jobs import accept
from store.jobs.records import Accepted, NewJob
from store.jobs.wake import Pusher
from store.kit import db, log
from store.kit.batch import Flusher
from store.kit.errors import InvalidInput, Unavailable, Unprocessable
from store.kit.tickets import Ticket, answer

logger = log.get("pipelines.engine.acceptor")


_session = db.Session(accept.STATEMENTS, application="millrace submit")
_pusher = Pusher()
_backlog = Backlog()


def hand_in(ticket: Ticket[NewJob]) -> None:
    """Put a job into the next batch. Raises Unavailable when too many wait."""
    if not _flusher.put(ticket):
        raise Unavailable("Too many submits are waiting; try again.", retry_after=timedelta(seconds=1))


def _flush(tickets: list[Ticket[NewJob]]) -> None:
    try:
        _write(tickets)
    except db.OUTAGES as error:
        logger.warning("submit.refused", error=type(error).__name__, jobs=len(tickets))
        _session.reset()
        answer([(ticket, db.unavailable()) for ticket in tickets])
    except psycopg2.DataError as error:
        _session.reset()
        if len(tickets) > 1:
            for ticket in tickets:
                _flush([ticket])
        else:
            refusal = InvalidInput("input holds a value that cannot be stored.", field="input")
            refusal.__cause__ = error
            answer([(tickets[0], refusal)])
    except Exception as error:
        _session.reset()
        answer([(ticket, error) for ticket in tickets])
        raise


def _write(tickets: list[Ticket[NewJob]]) -> None:
    cursor = _session.cursor()
    refused = [(ticket, refusal) for ticket in tickets if (refusal := _backlog.refusal(cursor, ticket.item))]
    answer(refused)
    full = {id(ticket) for ticket, _ in refused}
    open_tickets = [ticket for ticket in tickets if id(ticket) not in full]
    first: dict[tuple[str, str], Ticket[NewJob]] = {}
    jobs = []
    for ticket in open_tickets:
        job = ticket.item
        if job.idempotency_key is None or first.setdefault((job.workspace_id, job.idempotency_key), ticket) is ticket:
            jobs.append(job)
    if not jobs:
        return
    written = accept.insert(cursor, jobs)
    wake(written)
    losers = [ticket.item for ticket in open_tickets if ticket.item.id not in written.created]
    known = accept.holders(cursor, losers) if losers else {}
    answers: list[tuple[Ticket[NewJob], Accepted | Exception]] = []
    for ticket in open_tickets:
        created_at = written.created.get(ticket.item.id)
        if created_at is not None:
            answers.append((ticket, Accepted(id=ticket.item.id, pipeline=ticket.item.pipeline, created_at=created_at)))
        else:
            answers.append((ticket, _replayed_or_error(ticket.item, known)))
    answer(answers)


def wake(written: accept.Inserted) -> None:
    """Tell Redis what was written."""
    _pusher.push(written.messages, waiting=written.lanes_waiting, events=True)


def replayed(job: NewJob, known: dict[tuple[str, str], accept.Holder]) -> Accepted:
    """The answer for a job whose idempotency key is taken. Raises Unprocessable when it was another request."""
    holder = known.get((job.workspace_id, job.idempotency_key or ""))
    if holder is None:
        raise Unavailable(
            "The first request under this Idempotency-Key is just ending; try again.", retry_after=timedelta(seconds=1)
        )
    if holder.fingerprint != job.fingerprint:
        raise Unprocessable(
            "This Idempotency-Key was used with another request.",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    return Accepted(id=holder.job_id, pipeline=holder.pipeline, created_at=holder.created_at, replayed=True)


def _replayed_or_error(job: NewJob, known: dict[tuple[str, str], accept.Holder]) -> Accepted | Exception:
    try:
        return replayed(job, known)
    except (Unavailable, Unprocessable) as error:
        return error


_flusher: Flusher[Ticket[NewJob]] = Flusher("submit", _flush)
