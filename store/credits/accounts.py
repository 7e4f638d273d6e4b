"""A workspace's credit account: its balance under a lock, with the month's allowance in it.

Verbs take the cursor of an open transaction, because jobs are charged in the engine's own. A plan's allowance is
added once a calendar month (UTC), on the first look or use; a higher plan adds the difference at once. Nothing expires.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from store.credits import entries
from store.credits.entries import Mode
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.settings import settings
from store.limits.plans import row_of

_MAKE = (
    "INSERT INTO credit_account (workspace_id, mode) SELECT id, %s FROM workspace WHERE id = %s ON CONFLICT DO NOTHING"
)
_HOLD = (
    "SELECT a.balance, a.allowance_month, a.allowance_given, w.plan FROM credit_account a"
    " JOIN workspace w ON w.id = a.workspace_id WHERE a.workspace_id = %s AND a.mode = %s FOR NO KEY UPDATE OF a"
)


class Account(Struct, frozen=True):
    """What a workspace has. `monthly_allowance` is its plan's."""

    balance: int
    plan: str
    monthly_allowance: int


def allowance_of(plan: str) -> int:
    """What a plan adds a month."""
    return row_of(settings().credits.monthly_allowance, plan) or 0


def look(workspace_id: str, mode: Mode = "live") -> Account:
    """The account now; gives the month's allowance if it has not come yet."""
    with db.transaction(), db.database.connection().cursor() as cursor:
        return hold(cursor, workspace_id, mode)


def hold(cursor: Any, workspace_id: str, mode: Mode = "live") -> Account:
    """The account, locked until the transaction ends, made if there is none. Raises NotFound for no workspace."""
    cursor.execute(_HOLD, (workspace_id, mode))
    found = cursor.fetchone()
    if found is None:
        cursor.execute(_MAKE, (mode, workspace_id))
        cursor.execute(_HOLD, (workspace_id, mode))
        found = cursor.fetchone()
    if found is None:
        raise NotFound("There is no such workspace.")
    balance, month, given, plan = found
    allowance = allowance_of(plan)
    this_month = utc_now().date().replace(day=1)
    due = allowance - (given if month == this_month else 0)
    if due > 0:
        balance = _give(cursor, workspace_id, mode, month=this_month, given=allowance, due=due, balance=balance)
    return Account(balance, plan, allowance)


def add(cursor: Any, workspace_id: str, mode: Mode, amount: int) -> None:
    """Change the held account's balance."""
    cursor.execute(
        "UPDATE credit_account SET balance = balance + %s WHERE workspace_id = %s AND mode = %s",
        (amount, workspace_id, mode),
    )


def _give(cursor: Any, workspace_id: str, mode: Mode, *, month: date, given: int, due: int, balance: int) -> int:
    cursor.execute(
        "UPDATE credit_account SET balance = balance + %s, allowance_month = %s, allowance_given = %s"
        " WHERE workspace_id = %s AND mode = %s",
        (due, month, given, workspace_id, mode),
    )
    entries.write(
        cursor,
        entries.Entry(
            workspace_id=workspace_id,
            mode=mode,
            kind="allowance",
            amount=due,
            balance_after=balance + due,
            reference=f"{month:%Y-%m}",
        ),
    )
    return balance + due
