"""GET /metrics: Prometheus text, for operators.

Counters come from all API processes; the lanes' depths from one query that is asked at most every five seconds,
however often the page is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.kit.answer import Answer
from api.kit.operation import operation
from store.jobs import overview
from store.jobs.overview import LaneDepth
from store.kit import db, log

logger = log.get("api.house.metrics")
FRESH_SECONDS = 5.0
GAUGES = {
    "waiting": "Tasks that could start and wait for dispatch.",
    "sent": "Tasks that are sent and not yet claimed.",
    "running": "Tasks in work.",
    "oldest_seconds": "Age of the oldest task that could start.",
    "threads": "Threads of live workers.",
    "paused": "1 while the lane is paused.",
}


class Metrics:
    """GET /metrics."""

    @operation("Tell the service's figures to Prometheus", auth="operator", returns=str)
    def on_get(self) -> Answer:
        lanes = CollectorRegistry()
        lanes.register(_Lanes())
        return Answer(body=generate_latest(_counters()) + generate_latest(lanes), content_type=CONTENT_TYPE_LATEST)


class _Lanes(Collector):
    """The lanes' gauges; without Postgres there are none, and `millrace_postgres_up` says why."""

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("millrace_postgres_up", "Whether the lanes could be read from Postgres.")
        depths: list[LaneDepth] = []
        try:
            depths = _depths(int(time.monotonic() / FRESH_SECONDS))
            up.add_metric([], 1)
        except db.OUTAGES as error:
            logger.warning("metrics.postgres_away", error=type(error).__name__)
            up.add_metric([], 0)
        yield up
        for field, text in GAUGES.items():
            family = GaugeMetricFamily(f"millrace_lane_{field}", text, labels=["lane"])
            for depth in depths:
                family.add_metric([depth.name], float(getattr(depth, field)))
            yield family


@lru_cache(maxsize=1)
def _depths(_tick: int) -> list[LaneDepth]:
    return overview.lane_depths()


def _counters() -> CollectorRegistry:
    """All processes' counters where they share a folder, else this process's."""
    shared = CollectorRegistry()
    try:
        MultiProcessCollector(shared)
    except ValueError:  # no PROMETHEUS_MULTIPROC_DIR: a process that was started by itself
        return REGISTRY
    return shared
