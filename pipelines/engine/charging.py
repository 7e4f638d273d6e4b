"""Charging a job's run to its workspace's credits, in the transaction that accepts or retries the job."""

from __future__ import annotations

from typing import Any

import msgspec

from store.credits import ledger
from store.jobs import events
from store.jobs.records import NewEvent


def reserve(cursor: Any, workspace_id: str, job_id: str, *, run: int, pipeline: str, price: int) -> None:
    """Take the price, if there is one; tells `credits.low` when the balance falls below its threshold by it.

    Raises PaymentRequired: the caller's transaction must not commit.
    """
    if not price:
        return
    charge = ledger.Charge(workspace_id=workspace_id, job_id=job_id, run=run, pipeline=pipeline, price=price)
    crossing = ledger.reserve(cursor, charge)
    if crossing is not None:
        data = msgspec.to_builtins(crossing)
        events.write(cursor, NewEvent(workspace_id=workspace_id, type="credits.low", data=data))
