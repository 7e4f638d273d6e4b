"""Alerts: figures are held against thresholds; one event and one letter an episode, which ends when the value is back.

The three types are the document's: the day's cost in dollars (UTC), and over the alert's window the share of failed runs
in percent and the average latency in milliseconds. A threshold is passed by more than it, not by as much.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.mail import queue
from store.accounts import attempts, members
from store.alerts import checks, queries
from store.alerts.checks import Due
from store.jobs import events
from store.kit import db, log
from store.kit.clock import utc_now
from store.runs.rates import number
from store.runs.windows import DAY, MINUTE, floor

logger = log.get("pipelines.runs.alerts")
BATCH = 200


def check_due() -> int:
    """Look at every alert that is due; how many. Any number may do this at once."""
    checked = 0
    while True:
        now = utc_now()
        with db.transaction():
            due = checks.take(now=now, limit=BATCH)
            for alert in due:
                _check(alert, now)
        checked += len(due)
        if len(due) < BATCH:
            return checked


def actual_of(alert: Due) -> float | None:
    """What the alert's figures say, in the unit of its threshold; None when there is nothing to say."""
    if alert.type == "COST_SPIKE":
        return float(alert.cost) / 1e9
    if alert.type == "HIGH_ERROR_RATE":
        return 100 * alert.failed / alert.runs if alert.runs else None
    return float(alert.latency_us) / alert.timed / 1000 if alert.timed else None


def is_passed(alert: Due, actual: float | None) -> bool:
    """Whether that is more than the threshold, on enough runs."""
    counted = alert.timed if alert.type == "SLOW_RESPONSE" else alert.runs
    return actual is not None and counted >= alert.min_runs and actual > alert.threshold


def next_look(alert: Due, *, is_firing: bool, now: datetime) -> datetime | None:
    """When the figures may say something else although no run arrives: a day ends, a minute leaves the window."""
    if alert.type == "COST_SPIKE":
        return floor(now, DAY) + timedelta(days=1) if is_firing else None
    return floor(now, MINUTE) + timedelta(minutes=1) if alert.runs or is_firing else None


def _check(alert: Due, now: datetime) -> None:
    actual = actual_of(alert)
    is_firing = is_passed(alert, actual)
    if is_firing and actual is not None:
        if alert.is_firing:
            checks.worsen_episode(alert, actual=actual)
        else:
            _trigger(alert, actual, now)
    elif alert.is_firing:
        _recover(alert, actual, now)
    checks.save(
        alert, actual=actual, is_firing=is_firing, now=now, due_at=next_look(alert, is_firing=is_firing, now=now)
    )


def _trigger(alert: Due, actual: float, now: datetime) -> None:
    checks.open_episode(alert, actual=actual, now=now)
    events.tell(alert.workspace_id, "alert.triggered", _facts(alert, actual))
    if attempts.take(attempts.ALERT_LETTERS_OF_WORKSPACE, alert.workspace_id):
        for address in members.addresses(alert.workspace_id, at_least="ADMIN"):
            queue.alert_triggered(
                address, alert.id, kind=alert.type, threshold=alert.threshold, actual=actual,
                workspace_id=alert.workspace_id,
            )  # fmt: skip
    else:
        logger.warning("alert.not_mailed", alert_id=alert.id, workspace_id=alert.workspace_id)


def _recover(alert: Due, actual: float | None, now: datetime) -> None:
    queries.end_episode(alert.id, because="recovered", at=now)
    events.tell(alert.workspace_id, "alert.recovered", _facts(alert, actual))


def _facts(alert: Due, actual: float | None) -> dict[str, str | float | None]:
    return {
        "alertId": alert.id,
        "type": alert.type,
        "threshold": number(alert.threshold),
        "actual": None if actual is None else number(round(actual, 6)),
    }
