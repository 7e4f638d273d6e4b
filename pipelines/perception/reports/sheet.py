"""A report as CSV, one record a row: every metric of every scan and platform, every insight, every correction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.perception.reports.collecting import Content
from pipelines.perception.scores import Metric, shown
from store.kit import csv_text
from store.kit.clock import rfc3339

COLUMNS = ("record", "id", "scanId", "at", "platform", "name", "value", "low", "high", "n", "status", "severity", "text",
           "evidence", "sandbox")  # fmt: skip
ALL = "all"


def lines(content: Content) -> Iterator[bytes]:
    """The file, a row at a time."""
    return csv_text.lines(COLUMNS, ([record.get(name) for name in COLUMNS] for record in records(content)))


def records(content: Content) -> Iterator[dict[str, Any]]:
    """Metrics oldest scan first, then insights, then corrections."""
    for scan in content.scans:
        base = {"record": "metric", "scanId": scan.id, "at": rfc3339(scan.at)}
        for name, metric in scan.score.metrics.items():
            yield base | {"platform": ALL, "sandbox": scan.score.sandbox} | _numbers(name, metric)
        for platform in scan.score.platforms:
            for name, metric in platform.metrics.items():
                yield base | {"platform": platform.platform, "sandbox": platform.sandbox} | _numbers(name, metric)
    for row in content.insights:
        yield {
            "record": "insight",
            "id": row.id,
            "scanId": row.scan_id,
            "at": rfc3339(row.created_at),
            "platform": " ".join(row.platforms),
            "name": row.type,
            "value": row.prevalence["k"],
            "low": round(row.prevalence["low"], 3),
            "high": round(row.prevalence["high"], 3),
            "n": row.prevalence["n"],
            "status": "resolved" if row.resolved_at else "dismissed" if row.dismissed_at else "open",
            "severity": row.severity,
            "text": row.description,
            "evidence": row.evidence,
            "sandbox": row.sandbox,
        }
    for one in content.corrections:
        yield {
            "record": "correction",
            "id": one.id,
            "at": rfc3339(one.created_at),
            "name": one.fix_type,
            "status": one.status,
            "text": one.suggestion.get("title", ""),
            "evidence": one.suggestion.get("content", ""),
        }


def _numbers(name: str, metric: Metric) -> dict[str, Any]:
    return {
        "name": name,
        "value": shown(name, metric.value),
        "low": shown(name, metric.low),
        "high": shown(name, metric.high),
        "n": metric.n,
        "status": metric.reason or metric.method,
    }
