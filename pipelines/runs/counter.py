"""The counter: takes batches from the feed and adds them to the figures, by minute, hour and day, in one transaction.
The alerts of workspaces whose figures have changed are due then.

Run by every scheduler; each takes other batches. Killed at any line, what it had taken is in the feed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
import psycopg2

from store.alerts import checks
from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.runs import count
from store.runs.count import Group, Total
from store.runs.records import Sums
from store.runs.windows import DAY, HOUR, MINUTE, floor

logger = log.get("pipelines.runs.counter")
BATCHES, RUNS = 100, 20_000  # of one transaction: well below a second of work


class Counter:
    """One a process, on one thread."""

    def __init__(self) -> None:
        self._session = db.Session({}, application="millrace run counter")

    def round(self) -> int:
        """Count what waits: how many batches. Raises what Postgres raises in an outage."""
        counted = 0
        while some := self._guarded():
            counted += some
        return counted

    def close(self) -> None:
        self._session.close()

    def _guarded(self) -> int:
        try:
            return self._count(BATCHES)
        except (psycopg2.DataError, psycopg2.IntegrityError):
            self._session.reset()
            return self._count_one_by_one()
        except Exception:
            self._session.reset()
            raise

    def _count(self, limit: int, *, batch: int | None = None) -> int:
        cursor = self._session.cursor()
        cursor.execute("BEGIN")
        taken = count.take(cursor, limit=limit, runs=RUNS, batch=batch)
        if taken.batches:
            days = grouped(taken.groups, DAY)
            over = count.too_many(cursor, days, most=settings().runs.max_names) if days else set()
            folded = [_folded(one, over) for one in taken.groups]
            for minutes in (MINUTE, HOUR, DAY):
                count.add_totals(cursor, minutes, summed(taken.totals, minutes))
            for minutes in (HOUR, DAY):
                count.add_groups(cursor, minutes, grouped(folded, minutes))
            checks.wake(cursor, sorted({one.workspace_id for one in taken.totals}), now=utc_now())
        cursor.execute("COMMIT")
        return taken.batches

    def _count_one_by_one(self) -> int:
        """A batch that cannot be counted is told and left out, and holds up nothing else."""
        waiting = count.waiting(self._session.cursor(), limit=BATCHES)
        for batch in waiting:
            try:
                self._count(1, batch=batch)
            except (psycopg2.DataError, psycopg2.IntegrityError):
                self._session.reset()
                logger.exception("runs.uncountable", batch=batch)
                count.set_aside(self._session.cursor(), batch)
        return len(waiting)


def summed(totals: Iterable[Total], minutes: int) -> list[Total]:
    """Totals of spans of `minutes`, from those of smaller spans."""
    found: dict[tuple[str, datetime], Total] = {}
    for one in totals:
        at = floor(one.at, minutes)
        whole = found.setdefault(
            (one.workspace_id, at),
            Total(workspace_id=one.workspace_id, at=at, sums=Sums(), slowest_us=0, latencies=0),
        )
        whole.sums.add(one.sums)
        whole.slowest_us = max(whole.slowest_us, one.slowest_us)
        whole.latencies += one.latencies
    return list(found.values())


def grouped(groups: Iterable[Group], minutes: int) -> list[Group]:
    """Groups of spans of `minutes`, from those of smaller spans."""
    found: dict[tuple[str, str, datetime, str, str], Group] = {}
    for one in groups:
        at = floor(one.at, minutes)
        key = (one.workspace_id, one.kind, at, one.provider, one.name)
        whole = found.setdefault(key, msgspec.structs.replace(one, at=at, sums=Sums()))
        whole.sums.add(one.sums)
    return list(found.values())


def _folded(one: Group, over: set[tuple[str, str, datetime, str, str]]) -> Group:
    """The group, or its part of what came too many on its day."""
    if over and (one.workspace_id, one.kind, floor(one.at, DAY), one.provider, one.name) in over:
        return msgspec.structs.replace(one, provider="", name=count.OTHER)
    return one
