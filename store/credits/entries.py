"""Lines of the credit ledger: written once, never changed; read newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.ids import new_id

Mode = Literal["live", "test"]
Kind = Literal["allowance", "purchase", "usage", "settled", "refund"]
_SHOWN = "workspace_id = %s AND mode = %s AND kind <> 'settled'"


class Entry(Struct, frozen=True, kw_only=True):
    """A line to write. `job_id` and `run` are what it was charged for, `reference` the payment or the month."""

    workspace_id: str
    mode: Mode
    kind: Kind
    amount: int
    balance_after: int
    id: str = ""
    job_id: str | None = None
    run: int | None = None
    pipeline: str | None = None
    reference: str | None = None


class Transaction(Struct, frozen=True):
    """A line as its owner sees it."""

    id: str
    kind: Kind
    amount: int
    balance_after: int
    job_id: str | None
    pipeline: str | None
    created_at: datetime


def write(cursor: Any, entry: Entry) -> str:
    """Write a line in the transaction that changes the balance; its id."""
    entry_id = entry.id or new_id("transaction")
    cursor.execute(
        "INSERT INTO credit_entry (id, workspace_id, mode, kind, amount, balance_after, job_id, run, pipeline, reference,"
        " created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            entry_id, entry.workspace_id, entry.mode, entry.kind, entry.amount, entry.balance_after, entry.job_id,
            entry.run, entry.pipeline, entry.reference, utc_now(),
        ),
    )  # fmt: skip
    return entry_id


def page(workspace_id: str, mode: Mode, *, limit: int, offset: int) -> list[Transaction]:
    """The changes of the balance, newest first (index credit_entry_history)."""
    found = db.rows(
        "SELECT id, kind, amount, balance_after, job_id, pipeline, created_at FROM credit_entry"
        f" WHERE {_SHOWN} ORDER BY seq DESC LIMIT %s OFFSET %s",
        (workspace_id, mode, limit, offset),
    )
    return [Transaction(*one) for one in found]


def count(workspace_id: str, mode: Mode) -> int:
    """How many changes there were."""
    found = db.row(f"SELECT count(*) FROM credit_entry WHERE {_SHOWN}", (workspace_id, mode))
    return int(found[0]) if found else 0


def find_by_job(workspace_id: str, job_id: str, kind: Kind) -> Transaction | None:
    """The line of a job's run of this kind, or None."""
    found = db.row(
        "SELECT id, kind, amount, balance_after, job_id, pipeline, created_at FROM credit_entry"
        " WHERE job_id = %s AND kind = %s AND workspace_id = %s",
        (job_id, kind, workspace_id),
    )
    return Transaction(*found) if found else None
