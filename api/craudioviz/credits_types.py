"""What /v1/credits takes and gives. `sandbox` marks what a test key made."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Snake


class Balance(Snake):
    """`monthly_allowance` is the plan's; credits do not expire, so `expires_at` is null."""

    balance: int
    plan: str
    monthly_allowance: int
    expires_at: None = None
    sandbox: bool | UnsetType = UNSET


class Purchase(Snake):
    """`payment_method` is a token of Stripe's (`tok_…` or `pm_…`)."""

    amount: Annotated[int, Meta(ge=1, description="Credits.")]
    payment_method: Annotated[str, Meta(min_length=1, max_length=255)]


class Purchased(Snake):
    transaction_id: str
    credits_added: int
    new_balance: int
    cost: str
    sandbox: bool | UnsetType = UNSET


class ListTransactions(Snake):
    """Which page; newest first."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class TransactionView(Snake):
    """A change of the balance; of a job's, `job_id` says which."""

    id: str
    type: Literal["allowance", "purchase", "usage", "refund"]
    amount: int
    balance_after: int
    created_at: str
    job_id: str | UnsetType = UNSET


class TransactionPage(Snake):
    transactions: list[TransactionView]
    total: int
    has_more: bool
