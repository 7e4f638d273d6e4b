"""/v1/credits: the balance, buying more, and what changed it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

from msgspec import UNSET

from api.craudioviz.credits_types import (
    Balance,
    ListTransactions,
    Purchase,
    Purchased,
    TransactionPage,
    TransactionView,
)
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from pipelines.credits import purchase
from store.credits import accounts, entries
from store.credits.entries import Transaction
from store.jobs import queries as jobs
from store.kit.clock import rfc3339
from store.kit.errors import PaymentRequired, Unavailable
from store.kit.settings import settings

LOOK_SECONDS = (0.02, 0.05, 0.1, 0.25)  # a payment is rare, and internal jobs tell the log nothing: so it is asked for


class CreditBalance:
    """/v1/credits/balance."""

    @operation("Get the credit balance", returns=Balance)
    def on_get(self, caller: Principal) -> Balance:
        account = accounts.look(caller.workspace_id, caller.mode)
        return Balance(
            balance=account.balance,
            plan=account.plan,
            monthly_allowance=account.monthly_allowance,
            sandbox=caller.is_test or UNSET,
        )


class CreditPurchase:
    """/v1/credits/purchase."""

    @operation("Buy credits", body=Purchase, returns=Purchased)
    async def on_post(self, caller: Principal, body: Purchase, request: Request) -> Answer:
        """Send an Idempotency-Key: should the answer get lost, the same request then tells how the payment ended, and
        nothing is paid twice. A card that is declined is 402 `payment_declined`."""
        accepted = await pool("database").run(
            purchase.buy,
            caller.workspace_id,
            caller.mode,
            amount=body.amount,
            payment_method=body.payment_method,
            created_by=caller.user_id or caller.key_id,
            idempotency_key=request.idempotency_key,
        )
        result = await _ending(caller.workspace_id, accepted.id)
        told = Purchased(
            transaction_id=result["transaction_id"],
            credits_added=body.amount,
            new_balance=result["new_balance"],
            cost=purchase.dollars(body.amount),
            sandbox=caller.is_test or UNSET,
        )
        return Answer(body=told, headers={"Idempotent-Replayed": "true"} if accepted.replayed else {})


class CreditTransactions:
    """/v1/credits/transactions."""

    @operation("List what changed the balance, newest first", query=ListTransactions, returns=TransactionPage)
    def on_get(self, caller: Principal, query: ListTransactions) -> TransactionPage:
        found = entries.page(caller.workspace_id, caller.mode, limit=query.limit, offset=query.offset)
        total = entries.count(caller.workspace_id, caller.mode)
        return TransactionPage(
            transactions=[_transaction(one) for one in found],
            total=total,
            has_more=query.offset + len(found) < total,
        )


async def _ending(workspace_id: str, job_id: str) -> dict[str, Any]:
    """The result of a payment. It is never cancelled: money may be on its way."""
    try:
        async with asyncio.timeout(settings().payments.wait_seconds):
            for pause in chain(LOOK_SECONDS, repeat(LOOK_SECONDS[-1])):
                found = await pool("database").run(jobs.ending_of, workspace_id, job_id)
                if found is not None:
                    return _result(found, job_id)
                await asyncio.sleep(pause)
    except TimeoutError:
        pass  # told below
    raise Unavailable(
        "The payment is still being made; send the same request with the same Idempotency-Key to learn how it ended,"
        " or look into the transactions.",
        code="payment_pending",
        retry_after=timedelta(seconds=10),
        job_id=job_id,
    )


def _result(found: tuple[str, Any, Any], job_id: str) -> dict[str, Any]:
    state, result, error = found
    if state == "completed":
        return dict(result)
    if error and error["code"] == "payment_declined":
        raise PaymentRequired(error["message"], code="payment_declined")
    raise Unavailable(
        "The payment could not be made.", code="payment_failed", retry_after=timedelta(minutes=1), job_id=job_id
    )


def _transaction(one: Transaction) -> TransactionView:
    """A line of the history, in which none is `settled`."""
    return TransactionView(
        id=one.id,
        type=one.kind,  # type: ignore[arg-type]
        amount=one.amount,
        balance_after=one.balance_after,
        created_at=rfc3339(one.created_at),
        job_id=one.job_id if one.kind in ("usage", "refund") and one.job_id else UNSET,
    )
