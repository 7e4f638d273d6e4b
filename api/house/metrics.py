"""GET /metrics: Prometheus text, for operators.

Counters come from all API processes of this machine; the lanes' depths and the stages' durations from Postgres, so
they are those of the whole installation. Postgres is asked at most every five seconds, however often the page is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.kit.answer import Answer
from api.kit.operation import operation
from api.runs.metrics import RunFigures
from api.webhooks.metrics import WebhookFigures
from store.jobs import durations, overview
from store.jobs.durations import BOUNDS, Durations
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


HISTOGRAMS = {
    "run": "How long tasks of a stage ran.",
    "wait": "How long tasks of a stage waited from when they could start until they were claimed.",
}


class Metrics:
    """GET /metrics."""

    @operation("Tell the service's figures to Prometheus", auth="operator", returns=str)
    def on_get(self) -> Answer:
        engine = CollectorRegistry()
        engine.register(_Engine())
        engine.register(WebhookFigures())
        engine.register(RunFigures())
        return Answer(body=generate_latest(_counters()) + generate_latest(engine), content_type=CONTENT_TYPE_LATEST)


class _Engine(Collector):
    """The lanes and the stages; without Postgres there are none, and `millrace_postgres_up` says why."""

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("millrace_postgres_up", "Whether the lanes and stages could be read from Postgres.")
        depths: list[LaneDepth] = []
        histograms: list[Durations] = []
        try:
            depths, histograms = _read(int(time.monotonic() / FRESH_SECONDS))
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
        for what, text in HISTOGRAMS.items():
            shape = HistogramMetricFamily(f"millrace_stage_{what}_seconds", text, labels=["pipeline", "stage"])
            for one in histograms:
                if one.what == what:
                    shape.add_metric([one.pipeline, one.stage], buckets=_buckets(one), sum_value=one.seconds)
            yield shape


@lru_cache(maxsize=1)
def _read(_tick: int) -> tuple[list[LaneDepth], list[Durations]]:
    return overview.lane_depths(), durations.read()


def _buckets(one: Durations) -> list[tuple[str, int]]:
    """Prometheus counts in each bucket what fell into the smaller ones as well."""
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    return list(zip(bounds, accumulate(one.counts), strict=True))


def _counters() -> CollectorRegistry:
    """All processes' counters where they share a folder, else this process's."""
    shared = CollectorRegistry()
    try:
        MultiProcessCollector(shared)
    except ValueError:  # no PROMETHEUS_MULTIPROC_DIR: a process that was started by itself
        return REGISTRY
    return shared
