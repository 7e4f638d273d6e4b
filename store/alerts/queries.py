"""Alerts as their workspace sees them: made, listed, changed, deleted, and their history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from store.alerts.tables import Alert, AlertEpisode
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id


def create(workspace_id: str, *, most: int, **values: Any) -> Alert:
    """A new alert, looked at soon. Raises Conflict when the workspace has `most` already."""
    now = utc_now()
    with db.transaction():
        db.row("SELECT 1 FROM workspace WHERE id = %s FOR NO KEY UPDATE", (workspace_id,))  # who counts, counts alone
        if Alert.select().where(Alert.workspace_id == workspace_id).count() >= most:
            raise Conflict(f"A workspace has at most {most} alerts.", code="too_many_alerts", limit=most)
        return Alert.create(
            id=new_id("alert"), workspace_id=workspace_id, due_at=now, created_at=now, updated_at=now, **values
        )


def listed(workspace_id: str, *, most: int) -> list[Alert]:
    """The workspace's alerts, oldest first (alert_by_workspace)."""
    return list(Alert.select().where(Alert.workspace_id == workspace_id).order_by(Alert.id).limit(most))


def get(workspace_id: str, alert_id: str, *, lock: bool = False) -> Alert:
    """One alert. Raises NotFound."""
    found = None
    if is_id("alert", alert_id):
        query = Alert.select().where(Alert.workspace_id == workspace_id, Alert.id == alert_id)
        found = (query.for_update() if lock else query).first()
    if found is None:
        raise NotFound("There is no such alert.", id=alert_id[:100])
    return found


def change(workspace_id: str, alert_id: str, **values: Any) -> Alert:
    """Set columns; it is looked at soon. Switching it off, or making another type of it, ends its episode.

    Raises NotFound.
    """
    now = utc_now()
    with db.transaction():
        alert = get(workspace_id, alert_id, lock=True)
        is_another = values.get("type", alert.type) != alert.type
        for name, value in values.items():
            setattr(alert, name, value)
        alert.updated_at, alert.due_at = now, now
        if alert.is_firing and (is_another or not alert.is_active):
            end_episode(alert_id, because="switched_off", at=now)
            alert.is_firing = False
        alert.save()
        return alert


def delete(workspace_id: str, alert_id: str) -> None:
    """Remove an alert with its history. Raises NotFound."""
    gone = 0
    if is_id("alert", alert_id):
        gone = Alert.delete().where(Alert.workspace_id == workspace_id, Alert.id == alert_id).execute()
    if not gone:
        raise NotFound("There is no such alert.", id=alert_id[:100])


def history(alert: Alert, *, limit: int, before_id: str | None) -> list[AlertEpisode]:
    """The alert's episodes, newest first (alert_episode_by_alert)."""
    mine = AlertEpisode.alert_id == alert.id
    if before_id is not None:
        mine &= AlertEpisode.id < before_id
    return list(AlertEpisode.select().where(mine).order_by(AlertEpisode.id.desc()).limit(limit))


def last_episode(alert_ids: list[str]) -> dict[str, datetime]:
    """When each of the alerts began to fire last; those that never did are left out."""
    found = db.rows(
        "SELECT a.id, (SELECT e.started_at FROM alert_episode e WHERE e.alert_id = a.id ORDER BY e.id DESC LIMIT 1)"
        "  FROM unnest(%s::text[]) AS a(id)",
        (alert_ids,),
    )
    return {alert_id: started_at for alert_id, started_at in found if started_at is not None}


def end_episode(alert_id: str, *, because: str, at: datetime) -> None:
    """Within the caller's transaction, which holds the alert: the open episode is over."""
    AlertEpisode.update(ended_at=at, ended_because=because).where(
        AlertEpisode.alert_id == alert_id, AlertEpisode.ended_at.is_null()
    ).execute()


class Fired(Struct, frozen=True):
    """An episode that touched a period, with what its alert is."""

    type: str
    name: str | None
    threshold: float
    worst: float
    started_at: datetime
    ended_at: datetime | None


def fired(workspace_id: str, *, start: datetime, end: datetime, limit: int) -> list[Fired]:
    """The episodes that were open in [start, end), the latest first; a workspace has few alerts (alert_by_workspace)."""
    found = db.rows(
        "SELECT a.type, a.name, e.threshold, e.worst, e.started_at, e.ended_at"
        "  FROM alert a JOIN alert_episode e ON e.alert_id = a.id"
        " WHERE a.workspace_id = %s AND e.started_at < %s AND (e.ended_at IS NULL OR e.ended_at >= %s)"
        " ORDER BY e.id DESC LIMIT %s",
        (workspace_id, end, start, limit),
    )
    return [Fired(*row) for row in found]
