"""Waiting until the log serves all that was written: an open transaction of any database of the cluster holds it up."""

from __future__ import annotations

from typing import Any

from store.kit import db
from tests.kit.client import Client
from tests.kit.eventually import eventually

_BEGUN = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
_ENDED = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8"


def settled() -> None:
    """Return once every transaction that had begun has ended, so that what is committed is told and counted."""
    ((begun,),) = db.rows(_BEGUN)
    eventually(lambda: db.rows(_ENDED, (begun,)) == [(True,)], within_s=20, what="the end of open transactions")


def events_of(client: Client, *, limit: int = 1000) -> list[dict[str, Any]]:
    """The workspace's feed with all that was committed before the call."""
    settled()
    found: list[dict[str, Any]] = client.get(f"/v1/events?limit={limit}").json()["events"]
    return found
