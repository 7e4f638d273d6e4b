"""The marker: says of jobs that they run, but only of those that still do after a moment.

A job that is over within a few milliseconds goes from queued to its end in one write; writing "running" in
between would double what it costs and nobody could have seen it.
"""

from __future__ import annotations

import threading
import time

from store.jobs import finish
from store.jobs.records import Claim
from store.jobs.wake import Pusher
from store.kit import db, log

logger = log.get("pipelines.engine.marker")
AFTER_SECONDS = 0.025


class Marker:
    """One a process; a thread of its own, asleep while no task runs."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[float, str]] = {}
        self._something = threading.Event()
        self._session = db.Session({}, application="millrace mark")
        self._pusher = Pusher()
        threading.Thread(target=self._loop, name="marker", daemon=True).start()

    def started(self, claim: Claim) -> None:
        """A claimed task begins; only the first of its job needs the mark."""
        if claim.job_state == "queued":
            self._running[claim.token] = (time.monotonic(), claim.job_id)
            if not self._something.is_set():
                self._something.set()

    def ended(self, claim: Claim) -> None:
        """The task's result was handed in."""
        self._running.pop(claim.token, None)

    def _loop(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            while self._running:
                time.sleep(AFTER_SECONDS)
                self._mark()

    def _mark(self) -> None:
        before = time.monotonic() - AFTER_SECONDS
        due = [(token, job_id) for token, (since, job_id) in list(self._running.items()) if since <= before]
        if not due:
            return
        try:
            finish.mark_running(self._session.cursor(), sorted({job_id for _, job_id in due}))
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("mark.postponed", error=type(error).__name__)
            time.sleep(1)
            return
        for token, _ in due:
            self._running.pop(token, None)
        self._pusher.push([], events=True)
