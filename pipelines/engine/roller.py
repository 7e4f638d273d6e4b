"""Keeps the figures of the jobs up to date: adds the new lines of the log up (store/jobs/rollup.py), off the hot path.

Runs in every scheduler; one of them works at a time. Readers add up what is not rolled yet, so being late costs
nobody anything but time.
"""

from __future__ import annotations

from store.jobs import rollup
from store.kit import db, log

logger = log.get("pipelines.engine.roller")


class Roller:
    """One a process, on one thread; `round()` every second."""

    def __init__(self) -> None:
        self._session = db.Session({}, application="millrace rollup")

    def round(self) -> None:
        """Roll what there is; an outage ends the round, the next one goes on."""
        try:
            cursor = self._session.cursor()
            while rollup.has_more(cursor) and rollup.roll(cursor) == rollup.LINES:
                continue
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("rollup.postponed", error=type(error).__name__)
