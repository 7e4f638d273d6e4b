"""The one stage of a purchase.

The job's id is the payment's idempotency key, so whatever happens in between, money is taken once; the ledger's line is
unique by job, so credits come once. It is written without the lease's fence: what was paid for must be there, whoever learns it.
"""

from __future__ import annotations

from pipelines.clients import payments
from pipelines.credits.pipeline import Purchase
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from store.credits import accounts, entries
from store.kit import db, log, structs

logger = log.get("pipelines.credits.charge")


def run(ctx: Context) -> Outcome:
    """Pay, then add. The result is what the API tells of the purchase."""
    wanted = structs.convert(ctx.input, Purchase)
    try:
        payment_id = payments.charge(
            wanted.cents, token=wanted.payment_method, key=ctx.job_id, workspace_id=ctx.workspace_id,
            sandbox=wanted.sandbox,
        )  # fmt: skip
    except payments.Declined as error:
        raise Permanent("payment_declined", str(error)) from error
    except payments.NotConfigured as error:
        raise Permanent("payments_not_configured", "Payments are not set up on this server.") from error
    with db.transaction(), db.database.connection().cursor() as cursor:
        account = accounts.hold(cursor, ctx.workspace_id, wanted.mode)
        known = entries.find_by_job(ctx.workspace_id, ctx.job_id, "purchase")
        if known is None:
            after = account.balance + wanted.amount
            accounts.add(cursor, ctx.workspace_id, wanted.mode, wanted.amount)
            entry_id = entries.write(
                cursor,
                entries.Entry(
                    workspace_id=ctx.workspace_id,
                    mode=wanted.mode,
                    kind="purchase",
                    amount=wanted.amount,
                    balance_after=after,
                    job_id=ctx.job_id,
                    run=ctx.run,
                    reference=payment_id,
                ),
            )
        else:
            entry_id, after = known.id, known.balance_after
    logger.info("credits.bought", amount=wanted.amount, payment=payment_id, sandbox=wanted.sandbox)
    return Outcome(output={"transaction_id": entry_id, "new_balance": after})
