"""What jobs cost: taken when a run is accepted, then settled for good or given back, each once.

Called by the engine inside the transactions that accept, retry and end jobs, so that a job and its price are never
apart. A workspace whose balance is too small gets 402 and nothing was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.credits import accounts, entries
from store.kit.clock import rfc3339, utc_now
from store.kit.errors import PaymentRequired
from store.kit.ids import new_id
from store.kit.settings import settings


class Charge(Struct, frozen=True, kw_only=True):
    """A run of a job and what it costs."""

    workspace_id: str
    job_id: str
    run: int
    pipeline: str
    price: int


class Ending(Struct, frozen=True, kw_only=True):
    """How a charged run ended: completed (`settled`), or not (`refund`)."""

    charge: Charge
    kind: Literal["settled", "refund"]


class Crossing(Struct, frozen=True):
    """The balance has just fallen below the threshold: the data of `credits.low`."""

    current_balance: int
    threshold: int


def reserve(cursor: Any, charge: Charge) -> Crossing | None:
    """Take a run's price from the balance. Raises PaymentRequired, and then the transaction must not commit."""
    account = accounts.hold(cursor, charge.workspace_id)
    if account.balance < charge.price:
        raise PaymentRequired(
            f"You need {charge.price} credits but have {account.balance}",
            required=charge.price,
            available=account.balance,
        )
    after = account.balance - charge.price
    accounts.add(cursor, charge.workspace_id, "live", -charge.price)
    entries.write(
        cursor,
        entries.Entry(
            workspace_id=charge.workspace_id,
            mode="live",
            kind="usage",
            amount=-charge.price,
            balance_after=after,
            job_id=charge.job_id,
            run=charge.run,
            pipeline=charge.pipeline,
        ),
    )
    threshold = settings().credits.low_threshold
    return Crossing(after, threshold) if after < threshold <= account.balance else None


# The accounts first, in order, so that two batches cannot wait for each other; what is written already counts once.
_LOCK = (
    "SELECT workspace_id, balance FROM credit_account WHERE workspace_id = ANY (%s) AND mode = 'live'"
    " ORDER BY workspace_id FOR NO KEY UPDATE"
)
_END = """
WITH written AS (
    INSERT INTO credit_entry (id, workspace_id, mode, kind, amount, balance_after, job_id, run, pipeline, created_at)
    SELECT id, workspace_id, 'live', kind, amount, balance_after, job_id, run, pipeline, created_at
      FROM jsonb_to_recordset(%s) AS t(id text, workspace_id text, kind text, amount bigint, balance_after bigint,
                                       job_id text, run integer, pipeline text, created_at timestamptz)
    ON CONFLICT DO NOTHING
    RETURNING workspace_id, amount
)
UPDATE credit_account a SET balance = a.balance + back.amount
  FROM (SELECT workspace_id, sum(amount) AS amount FROM written GROUP BY workspace_id) AS back
 WHERE a.workspace_id = back.workspace_id AND a.mode = 'live' AND back.amount <> 0
"""


def end(cursor: Any, endings: Sequence[Ending]) -> None:
    """Settle runs or give their price back. Idempotent. The jobs are locked; a workspace that is gone is passed over."""
    if not endings:
        return
    cursor.execute(_LOCK, (sorted({one.charge.workspace_id for one in endings}),))
    balances: dict[str, int] = dict(cursor.fetchall())
    now = rfc3339(utc_now())
    lines = []
    for one in endings:
        charge = one.charge
        if charge.workspace_id not in balances:
            continue
        amount = charge.price if one.kind == "refund" else 0
        balances[charge.workspace_id] += amount
        lines.append(
            {
                "id": new_id("transaction"),
                "workspace_id": charge.workspace_id,
                "kind": one.kind,
                "amount": amount,
                "balance_after": balances[charge.workspace_id],
                "job_id": charge.job_id,
                "run": charge.run,
                "pipeline": charge.pipeline,
                "created_at": now,
            }
        )
    cursor.execute(_END, (msgspec.json.encode(lines).decode(),))
