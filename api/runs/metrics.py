"""What /metrics tells of run tracking: whether counting keeps up, over the whole installation."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store.kit import db, log
from store.runs import backlog
from store.runs.backlog import Backlog

logger = log.get("api.runs.metrics")
FRESH_SECONDS = 5.0


class RunFigures(Collector):
    """Batches that wait, and those that were set aside; nothing while Postgres is away."""

    def collect(self) -> Iterable[Metric]:
        try:
            found = _read(int(time.monotonic() / FRESH_SECONDS))
        except db.OUTAGES as error:
            logger.warning("metrics.postgres_away", error=type(error).__name__)
            return
        for name, value, text in (
            ("uncounted", found.waiting, "Batches of runs that wait to be counted."),
            ("uncounted_seconds", found.oldest_seconds, "Age of the oldest of them."),
            ("uncountable", found.set_aside, "Batches that could not be counted."),
        ):
            yield GaugeMetricFamily(f"millrace_runs_{name}", text, value=value)


@lru_cache(maxsize=1)
def _read(_tick: int) -> Backlog:
    return backlog.read()
