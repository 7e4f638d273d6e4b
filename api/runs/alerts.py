"""/api/alerts: make, list, read, change, delete, and what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import UNSET

from api.kit.identity import Principal
from api.kit.operation import operation
from api.runs.alert_types import (
    AlertList,
    AlertView,
    ChangeAlert,
    CreateAlert,
    Deleted,
    EpisodeView,
    History,
    OfHistory,
)
from store.alerts import queries
from store.alerts.tables import Alert
from store.kit import cursor, ids
from store.kit.errors import InvalidInput
from store.kit.settings import settings
from store.runs.rates import number

LISTING = "alert_history"
PERCENT = 100


class Alerts:
    """The collection."""

    @operation("Make an alert", body=CreateAlert, returns=AlertView, status=201, role="ADMIN")
    def on_post(self, caller: Principal, body: CreateAlert) -> AlertView:
        """Checked within seconds of new runs. When it triggers, `alert.triggered` is sent to webhooks and owners and admins
        get a mail; the next time after the value was back at the threshold or below."""
        _check(body.type, body.threshold)
        wanted = settings().runs
        made = queries.create(
            caller.workspace_id,
            most=wanted.max_alerts,
            type=body.type,
            threshold=body.threshold,
            name=body.name,
            min_runs=body.min_runs,
            window_minutes=body.window_minutes or wanted.alert_window_minutes,
            is_active=body.is_active,
        )
        return _view(made, None)

    @operation("List alerts", returns=AlertList)
    def on_get(self, caller: Principal) -> AlertList:
        found = queries.listed(caller.workspace_id, most=settings().runs.max_alerts)
        fired = queries.last_episode([alert.id for alert in found])
        return AlertList(alerts=[_view(alert, fired.get(alert.id)) for alert in found])


class OneAlert:
    """One alert."""

    @operation("Read an alert", returns=AlertView)
    def on_get(self, caller: Principal, alert_id: str) -> AlertView:
        return _with_last(queries.get(caller.workspace_id, alert_id))

    @operation("Change an alert", body=ChangeAlert, returns=AlertView, role="ADMIN")
    def on_patch(self, caller: Principal, body: ChangeAlert, alert_id: str) -> AlertView:
        """One that is switched off ends its episode; one that is changed is checked anew."""
        known = queries.get(caller.workspace_id, alert_id)
        values: dict[str, Any] = {
            name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET
        }
        _check(values.get("type", known.type), values.get("threshold", known.threshold))
        return _with_last(queries.change(caller.workspace_id, alert_id, **values))

    @operation("Delete an alert", returns=Deleted, role="ADMIN")
    def on_delete(self, caller: Principal, alert_id: str) -> Deleted:
        """Its history goes with it."""
        queries.delete(caller.workspace_id, alert_id)
        return Deleted(id=alert_id)


class AlertHistory:
    """When it was triggered."""

    @operation("See when an alert was triggered, newest first", query=OfHistory, returns=History)
    def on_get(self, caller: Principal, query: OfHistory, alert_id: str) -> History:
        alert = queries.get(caller.workspace_id, alert_id)
        before_id = cursor.decode(LISTING, query.cursor, str) if query.cursor else None
        if before_id is not None and not ids.is_id("episode", before_id):
            raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
        found = queries.history(alert, limit=query.limit + 1, before_id=before_id)
        kept, more = found[: query.limit], len(found) > query.limit
        return History(
            episodes=[_episode(one) for one in kept],
            next_cursor=cursor.encode(LISTING, kept[-1].id) if more else None,
            has_more=more,
        )


def _check(kind: str, threshold: float) -> None:
    if kind == "HIGH_ERROR_RATE" and threshold > PERCENT:
        raise InvalidInput("`threshold` of an error rate is a percentage, at most 100.", field="threshold")


def _with_last(alert: Alert) -> AlertView:
    return _view(alert, queries.last_episode([alert.id]).get(alert.id))


def _view(alert: Any, triggered_at: datetime | None) -> AlertView:
    return AlertView(
        id=alert.id,
        type=alert.type,
        threshold=number(alert.threshold),
        name=alert.name,
        min_runs=alert.min_runs,
        window_minutes=None if alert.type == "COST_SPIKE" else alert.window_minutes,
        is_active=alert.is_active,
        state="firing" if alert.is_firing else "ok",
        actual=None if alert.actual is None else number(alert.actual),
        last_triggered_at=triggered_at,
        created_at=alert.created_at,
        updated_at=alert.updated_at,
    )


def _episode(one: Any) -> EpisodeView:
    return EpisodeView(
        id=one.id,
        started_at=one.started_at,
        ended_at=one.ended_at,
        ended_because=one.ended_because,
        threshold=number(one.threshold),
        actual=number(one.actual),
        worst=number(one.worst),
        runs=one.runs,
    )
