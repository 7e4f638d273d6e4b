"""The purchase pipeline. Internal: nobody may cancel or retry a payment from outside, or submit one by name."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from pipelines.engine.pipeline import Pipeline, Stage
from store.credits.entries import Mode


class Purchase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many credits for so much, paid by a token of Stripe's. `sandbox`: no money moves."""

    amount: int
    cents: int
    payment_method: str
    mode: Mode
    sandbox: bool


PIPELINE = Pipeline(
    name="purchase",
    title="Purchase",
    description="Takes a payment and adds the credits it was for.",
    input=Purchase,
    internal=True,
    stages=(
        Stage(
            name="charge",
            lane="quick",
            run="pipelines.credits.charge:run",
            attempts=12,  # over two hours: whether a payment was made must be learnt, so that what was paid for is there
            backoff=timedelta(seconds=2),
            backoff_limit=timedelta(minutes=20),
            deadline=timedelta(minutes=2),
        ),
    ),
)
