"""What happened to accounts and keys, for the workspace's own log of events. Call it inside the transaction it tells of."""

from __future__ import annotations

from typing import Any

from store.jobs import control
from store.jobs.records import NewEvent
from store.kit import db


def tell(workspace_id: str, kind: str, **data: Any) -> None:
    """One line of the log; `data` are ids, never secrets."""
    with db.database.connection().cursor() as cursor:
        control.tell(cursor, NewEvent(workspace_id=workspace_id, type=kind, data=data))
