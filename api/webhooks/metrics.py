"""What /metrics tells of webhooks. The workers count in Postgres, so the figures are those of the whole installation."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store.kit import db, log
from store.webhooks import ledger

logger = log.get("api.webhooks.metrics")
FRESH_SECONDS = 5.0


class WebhookFigures(Collector):
    """Attempts by outcome, what waits, endpoints that rest or were given up; nothing while Postgres is away."""

    def collect(self) -> Iterable[Metric]:
        try:
            found = _read(int(time.monotonic() / FRESH_SECONDS))
        except db.OUTAGES as error:
            logger.warning("metrics.postgres_away", error=type(error).__name__)
            return
        attempts = CounterMetricFamily("millrace_webhook_attempts", "Attempts at deliveries.", labels=["outcome"])
        for outcome, number in sorted(found.attempts.items()):
            attempts.add_metric([outcome], number)
        yield attempts
        for name, value, text in (
            ("pending", found.pending, "Deliveries that wait for an attempt."),
            ("open_breakers", found.open_breakers, "Endpoints whose deliveries rest."),
            ("disabled", found.disabled, "Endpoints that were given up."),
        ):
            yield GaugeMetricFamily(f"millrace_webhook_{name}", text, value=value)


@lru_cache(maxsize=1)
def _read(_tick: int) -> ledger.Figures:
    return ledger.figures()
