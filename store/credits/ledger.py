"""What jobs cost: taken when a run is accepted, then settled for good or given back, each once.

Called by the engine inside the transactions that accept, retry and end jobs, so that a job and its price are never
apart. A workspace whose balance is too small gets 402 and nothing was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.credits import accounts
from store.kit.clock import rfc3339, utc_now
from store.kit.errors import PaymentRequired
from store.kit.ids import new_id
from store.kit.settings import settings
from store.limits.plans import PLANS


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


# Takes the price and writes its line, where this month's allowance has come and the balance is large enough.
_TAKE = """
WITH taken AS (
    UPDATE credit_account a SET balance = a.balance - %(price)s FROM workspace w
     WHERE a.workspace_id = %(workspace)s AND a.mode = 'live' AND w.id = a.workspace_id AND a.balance >= %(price)s
       AND (%(allowances)s::jsonb ->> w.plan)::bigint
           <= CASE WHEN a.allowance_month = %(month)s THEN a.allowance_given ELSE 0 END
    RETURNING a.balance
)
INSERT INTO credit_entry (id, workspace_id, mode, kind, amount, balance_after, job_id, run, pipeline, created_at)
SELECT %(id)s, %(workspace)s, 'live', 'usage', -%(price)s, balance, %(job)s, %(run)s, %(pipeline)s, %(now)s FROM taken
RETURNING balance_after
"""


def reserve(cursor: Any, charge: Charge) -> Crossing | None:
    """Take a run's price from the balance. Raises PaymentRequired, and then the transaction must not commit."""
    after = _take(cursor, charge)
    if after is None:
        account = accounts.hold(cursor, charge.workspace_id)  # gives this month's allowance if it has not come
        if account.balance < charge.price:
            raise PaymentRequired(
                f"You need {charge.price} credits but have {account.balance}",
                required=charge.price,
                available=account.balance,
            )
        after = _take(cursor, charge)
        assert after is not None, "the account is locked, and has enough"
    threshold = settings().credits.low_threshold
    return Crossing(after, threshold) if after < threshold <= after + charge.price else None


def _take(cursor: Any, charge: Charge) -> int | None:
    """The balance after it; None: nothing was taken."""
    now = utc_now()
    values = {
        "workspace": charge.workspace_id,
        "price": charge.price,
        "allowances": msgspec.json.encode({plan: accounts.allowance_of(plan) for plan in PLANS}).decode(),
        "month": now.date().replace(day=1),
        "id": new_id("transaction"),
        "job": charge.job_id,
        "run": charge.run,
        "pipeline": charge.pipeline,
        "now": now,
    }
    cursor.execute(_TAKE, values)
    found = cursor.fetchone()
    return None if found is None else int(found[0])


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
