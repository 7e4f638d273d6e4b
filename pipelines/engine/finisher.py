"""The finisher: writes what tasks led to, many at a time, and tells Redis after the commit.

A worker's thread hands its result in and takes the next task; the flusher's one connection writes all that
came meanwhile in one transaction. An outage is waited out, with the same results; a result that cannot be
stored fails its own task and nobody else's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import psycopg2

from pipelines import catalog
from pipelines.engine.progression import consequences
from pipelines.engine.results import Result, failure
from pipelines.engine.tally import Tally
from store.credits import ledger
from store.jobs import control, finish
from store.jobs.wake import Pusher
from store.kit import db, log
from store.kit.batch import Flusher

logger = log.get("pipelines.engine.finisher")
MAX_PENDING = 1024  # results that may wait for a flush; beyond it the threads that make them wait


class Finisher:
    """One a process. `put` never blocks for long unless Postgres is away."""

    def __init__(self) -> None:
        self._session = db.Session(finish.STATEMENTS, application="millrace finish")
        self._pusher = Pusher()
        self._flusher: Flusher[Result] = Flusher("finish", self._flush, limit=256, pending=MAX_PENDING)
        self._closing = threading.Event()
        self._tally = Tally()

    def put(self, result: Result) -> None:
        """Hand in a result; it is written in the order things arrive."""
        while not self._flusher.put(result):
            time.sleep(0.002)

    def close(self, timeout_seconds: float) -> None:
        """Write what was handed in, then stop; during an outage give up after the timeout (leases cover it)."""
        self._closing.set()
        if not self._flusher.close(timeout_seconds):
            logger.warning("finish.abandoned", results=self._flusher.waiting())
        self._write_tally()
        self._session.close()

    def _flush(self, results: list[Result]) -> None:
        wait_seconds = 0.05
        while True:
            try:
                self._write(results)
                break
            except db.OUTAGES as error:
                self._session.reset()
                logger.warning("finish.postponed", error=type(error).__name__, results=len(results))
                if self._closing.wait(wait_seconds) and wait_seconds > 1:
                    return  # the process ends; its leases run out and the tasks run again
                wait_seconds = min(wait_seconds * 2, 2.0)
            except Exception as error:
                self._session.reset()
                if len(results) > 1:
                    for result in results:
                        self._flush([result])
                    return
                (result,) = results
                is_data = isinstance(error, psycopg2.DataError | psycopg2.IntegrityError)
                instead = _storable(result, "bad_output" if is_data else "internal_error")
                if instead == result:  # not the result's fault; its task is free when its deadline has passed
                    logger.exception("finish.broke", job_id=result.claim.job_id)
                    break
                logger.warning("finish.unstorable", error=type(error).__name__, job_id=result.claim.job_id)
                results = [instead]
        self._tally.count(results)
        if self._tally.is_due:
            self._write_tally()

    def _write(self, results: Sequence[Result]) -> None:
        cursor = self._session.cursor()
        by_task = {(one.claim.task_id, one.claim.job_id): one for one in results}
        taken = finish.take(
            cursor, [finish.Ended(one.claim.task_id, one.claim.token, one.claim.job_id) for one in by_task.values()]
        )
        found = consequences(taken, by_task, catalog.pipelines())
        ledger.end(cursor, found.paid)
        lanes = control.end_tasks(cursor, sorted(set(found.ended))) if found.ended else set()
        messages, waiting = finish.put(
            cursor, jobs=found.jobs, tasks=found.tasks, parts=found.parts, events=found.events, freed=found.freed
        )
        waiting |= lanes
        if messages or waiting or found.events:
            ended = [job.id for job in found.jobs if job.ended]
            self._pusher.push(messages, waiting=waiting, events=bool(found.events), ended=ended)
        if len(taken) < len(by_task):
            logger.info("finish.superseded", results=len(by_task) - len(taken))

    def _write_tally(self) -> None:
        try:
            self._tally.write(self._session.cursor())
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("tally.lost", error=type(error).__name__)


def _storable(result: Result, code: str) -> Result:
    """The failure that stands for a result that cannot be stored; a failure keeps its own code, without its words."""
    message = "The stage returned something that cannot be stored."
    if result.error is not None:
        code, message = result.error["code"], "The reason that the stage gave cannot be stored."
    return Result(
        claim=result.claim,
        kind="failed",
        final=True,
        seconds=result.seconds,
        error=failure(code, message, retryable=False),
    )
