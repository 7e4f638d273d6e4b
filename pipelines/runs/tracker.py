"""The tracker: prices the runs of one process and writes them in shared batches, and answers each of them.

Runs of all requests that arrive together share one statement. A run whose key was used is not written again. With a
monthly quota (setting `quotas.runs`) as many are written as the month has room for; its end is told once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import psycopg2
from msgspec import Struct

from pipelines import pricing
from pipelines.pricing import Tokens
from store.jobs import events
from store.jobs.records import NewEvent
from store.jobs.wake import Pusher
from store.kit import db, log
from store.kit.batch import Flusher
from store.kit.errors import Conflict, DomainError, InvalidInput, Unavailable, Unprocessable
from store.kit.settings import settings
from store.kit.tickets import Ticket, answer
from store.limits import quotas
from store.limits.quotas import Granted
from store.runs import partitions, write
from store.runs.records import NewRun

logger = log.get("pipelines.runs.tracker")
BATCH_RUNS = 2000  # a batch takes requests until it has so many runs
NEW_MODELS = 50  # of a batch whose price is looked up: each costs a millisecond, and made-up names have none anyway
RUN_ID, IDEMPOTENCY_KEY = "run:", "key:"
"""What keys begin with, so that a runId and an Idempotency-Key are never the same."""


class Tracked(Struct, frozen=True):
    """The run is stored. `replayed`: it was already."""

    replayed: bool = False


Outcome = Tracked | DomainError
_session = db.Session(write.STATEMENTS, application="millrace runs")
_pusher = Pusher()


async def track(runs: list[NewRun]) -> list[Outcome]:
    """Store the runs of one request; what became of each, in order.

    Raises Unavailable when too many wait, or Postgres is away; then none of them is stored.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Outcome]] = loop.create_future()
    if not _flusher().put(Ticket(runs, future, loop)):
        raise Unavailable("Too many runs are waiting to be written; try again.", retry_after=timedelta(seconds=1))
    return await future


def cost_of(run: NewRun) -> int | None:
    """Nano-dollars by the price list. Where only the whole of the tokens is known it is priced as input."""
    provider, model = run.provider, run.model
    if run.input_tokens is None and run.output_tokens is None:
        if run.tokens is None:
            return None
        return pricing.cost_nano(provider, model, Tokens(input_tokens=run.tokens), at=run.at)
    taken_in, cached = run.input_tokens or 0, run.cached_tokens or 0
    if cached and pricing.excludes_cached(provider, model):
        taken_in += cached
    tokens = Tokens(input_tokens=taken_in, output_tokens=run.output_tokens or 0, cached_tokens=cached)
    return pricing.cost_nano(provider, model, tokens, at=run.at)


def _flush(tickets: list[Ticket[list[NewRun]]]) -> None:
    try:
        _price([run for ticket in tickets for run in ticket.item if run.cost is None])
        answer(_by_ticket(tickets, _write_with_months([run for ticket in tickets for run in ticket.item])))
    except db.OUTAGES as error:
        logger.warning("runs.refused", error=type(error).__name__, requests=len(tickets))
        _session.reset()
        answer([(ticket, db.unavailable()) for ticket in tickets])
    except psycopg2.DataError:
        _session.reset()
        for ticket in tickets:
            answer([(ticket, _one_by_one(ticket.item))])
    except Exception as error:
        _session.reset()
        answer([(ticket, error) for ticket in tickets])
        raise


def _one_by_one(runs: Sequence[NewRun]) -> list[Outcome] | Exception:
    """A value that cannot be stored refuses its own run only."""
    found: list[Outcome] = []
    for run in runs:
        try:
            found += _write([run])
        except psycopg2.DataError as error:
            _session.reset()
            logger.warning("run.unstorable", error=type(error).__name__)
            found.append(InvalidInput("The run holds a value that cannot be stored."))
        except db.OUTAGES:
            _session.reset()
            return db.unavailable()
    return found


def _by_ticket(
    tickets: Sequence[Ticket[list[NewRun]]], outcomes: list[Outcome]
) -> list[tuple[Ticket[list[NewRun]], list[Outcome]]]:
    told, at = [], 0
    for ticket in tickets:
        told.append((ticket, outcomes[at : at + len(ticket.item)]))
        at += len(ticket.item)
    return told


def _price(runs: Sequence[NewRun]) -> None:
    new = 0
    for run in runs:
        if not pricing.is_remembered(run.provider, run.model):
            new += 1
            if new > NEW_MODELS:
                continue
        run.cost = cost_of(run)


def _write_with_months(runs: list[NewRun]) -> list[Outcome]:
    """As `_write`; makes the months that are missing because no scheduler ran for weeks."""
    try:
        return _write(runs)
    except psycopg2.errors.CheckViolation:
        _session.reset()
        if not partitions.ensure():
            raise
        return _write(runs)


def _write(runs: list[NewRun]) -> list[Outcome]:
    cursor = _session.cursor()
    if not quotas.is_limited("runs") and all(run.key is None for run in runs):
        write.insert(cursor, runs)  # the usual case: one statement, which is its own transaction
        return [Tracked()] * len(runs)
    cursor.execute("BEGIN")
    batch = _Batch(cursor, runs)
    batch.claim_keys()
    granted = batch.charge() if quotas.is_limited("runs") else {}
    if batch.fresh:
        write.insert(cursor, batch.fresh)
    ended = [(place, one) for place, one in granted.items() if one.reached_now]
    for place, one in ended:
        data = {"limit": one.limit, "used": one.used, "plan": one.plan}
        events.write(cursor, NewEvent(workspace_id=place, type="limit.reached", data=data))
    cursor.execute("COMMIT")
    if ended:
        _pusher.push([], events=True)
    return batch.outcomes()


class _Batch:
    """The runs of one transaction: which of them are new, and why the others are not."""

    def __init__(self, cursor: Any, runs: list[NewRun]) -> None:
        self._cursor = cursor
        self._runs = runs
        self._refused: dict[int, Outcome] = {}
        self.fresh = runs

    def claim_keys(self) -> None:
        """Keep the first run of each key that nobody has used."""
        first: dict[write.Key, NewRun] = {}
        for run in self._runs:
            if run.key is not None:
                first.setdefault((run.workspace_id, run.key), run)
        if not first:
            return
        won = write.claim(self._cursor, list(first.values()))
        lost = [run for key, run in first.items() if key not in won]
        known = write.holders(self._cursor, lost) if lost else {}
        known |= {key: run.fingerprint or "" for key, run in first.items() if key in won}
        self.fresh = []
        for run in self._runs:
            key = (run.workspace_id, run.key or "")
            if run.key is None or (key in won and first[key] is run):
                self.fresh.append(run)
            else:
                self._refused[id(run)] = _replayed(run, known.get(key))

    def charge(self) -> dict[str, Granted]:
        """Leave out what the month has no room for; the keys of those are free again."""
        granted = quotas.charge_up_to(self._cursor, "runs", Counter(run.workspace_id for run in self.fresh))
        left = {place: one.number for place, one in granted.items()}
        kept: list[NewRun] = []
        over: list[NewRun] = []
        for run in self.fresh:
            left[run.workspace_id] -= 1
            (kept if left[run.workspace_id] >= 0 else over).append(run)
        for run in over:
            one = granted[run.workspace_id]
            self._refused[id(run)] = quotas.used_up("runs", limit=one.limit or 0, used=one.used)
        if keyed := [run for run in over if run.key is not None]:
            write.give_back(self._cursor, keyed)
        self.fresh = kept
        return granted

    def outcomes(self) -> list[Outcome]:
        """What became of each run, in order. A run that came twice in the batch goes the way of its first."""
        over = {
            (run.workspace_id, run.key): told
            for run in self._runs
            if isinstance(told := self._refused.get(id(run)), quotas.UsageLimitReached)
        }
        return [
            over.get((run.workspace_id, run.key), self._refused.get(id(run), Tracked()))
            if run.key is not None
            else self._refused.get(id(run), Tracked())
            for run in self._runs
        ]


def _replayed(run: NewRun, fingerprint: str | None) -> Outcome:
    if fingerprint is None:
        return Unavailable(
            "The first request under this key is just ending; try again.", retry_after=timedelta(seconds=1)
        )
    if fingerprint == run.fingerprint:
        return Tracked(replayed=True)
    if run.key is not None and run.key.startswith(RUN_ID):
        return Conflict("Another run has this runId already.", field="runId", value=run.run_id)
    return Unprocessable(
        "This Idempotency-Key was used with another request.", code="idempotency_key_reused", field="Idempotency-Key"
    )


_made: Flusher[Ticket[list[NewRun]]] | None = None


def _flusher() -> Flusher[Ticket[list[NewRun]]]:
    global _made
    if _made is None:
        weigh: Callable[[Ticket[list[NewRun]]], int] = lambda ticket: len(ticket.item)  # noqa: E731 - the shortest way
        _made = Flusher("runs", _flush, limit=BATCH_RUNS, pending=settings().runs.max_waiting, weigh=weigh)
    return _made
