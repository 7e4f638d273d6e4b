"""What happened to accounts and keys, for the workspace's own log of events. Call it inside the transaction it tells of."""

from __future__ import annotations

from typing import Any

from store.jobs import events


def tell(workspace_id: str, kind: str, **data: Any) -> None:
    """One line of the log; `data` are ids, never secrets."""
    events.tell(workspace_id, kind, data)
