"""Keeps the figures of the jobs up to date: adds the new lines of the log up (store/jobs/rollup.py), off the hot path.

Runs in every scheduler; one of them works at a time. Readers add up what is not rolled yet, so being late costs
nobody anything but time.
"""

from __future__ import annotations

from store.jobs import rollup
from store.kit import db, log

logger = log.get("pipelines.engine.roller")
IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.2  # so that a reader seldom has more than a few thousand lines to add up itself
MANY = 1000


class Roller:
    """One a process, on one thread; `round()` again and again."""

    def __init__(self) -> None:
        self._session = db.Session({}, application="millrace rollup")

    def round(self) -> float:
        """Roll what there is: seconds until it is worth doing so again. An outage ends the round, the next one goes on."""
        lines = 0
        try:
            cursor = self._session.cursor()
            while rollup.has_more(cursor) and (rolled := rollup.roll(cursor)):
                lines += rolled
                if rolled < rollup.LINES:
                    break
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("rollup.postponed", error=type(error).__name__)
        return BUSY_SECONDS if lines > MANY else IDLE_SECONDS
