"""Buying credits: what may be bought and how it is paid. The payment itself is a job (see `charge.py`)."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

from pipelines.credits.pipeline import PIPELINE, Purchase
from pipelines.engine.submit import Submission, submit
from store.credits.entries import Mode
from store.jobs.records import Accepted
from store.kit.errors import InvalidInput, Unavailable
from store.kit.settings import settings


def buy(
    workspace_id: str,
    mode: Mode,
    *,
    amount: int,
    payment_method: str,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> Accepted:
    """Start the payment. Raises InvalidInput, and Unavailable where no payment can be taken."""
    most = settings().credits.max_purchase
    if not 1 <= amount <= most:
        raise InvalidInput(f"`amount` must be between 1 and {most} credits.", field="amount")
    wanted = Purchase(
        amount=amount,
        cents=amount * settings().credits.cents_each,
        payment_method=payment_method,
        mode=mode,
        sandbox=mode == "test" or _is_sandbox(),
    )
    return submit(
        Submission(
            workspace_id=workspace_id,
            pipeline=PIPELINE.name,
            input=wanted,
            created_by=created_by,
            idempotency_key=idempotency_key and f"purchase {mode} {idempotency_key}"[:255],
        )
    )


def dollars(amount: int) -> str:
    """What so many credits cost, as `$40.00`."""
    return f"${amount * settings().credits.cents_each / 100:.2f}"


def _is_sandbox() -> bool:
    """Whether payments move no money here. Raises Unavailable where neither a key nor the sandbox is there."""
    wanted = settings().payments
    if wanted.stripe_key:
        return False
    if wanted.sandbox or _is_loopback(settings().server.host):
        return True
    raise Unavailable(
        "Payments are not set up on this server.", code="payments_not_configured", retry_after=timedelta(hours=1)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
