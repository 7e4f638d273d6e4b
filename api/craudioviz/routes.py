"""The paths of CR AudioViz's contract; /v1/jobs is in api/jobs, /v1/webhooks in api/webhooks."""

from __future__ import annotations

from typing import Any

from api.craudioviz.credits import CreditBalance, CreditPurchase, CreditTransactions
from api.craudioviz.profile import UserProfile

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/v1/user/profile", UserProfile()),
    ("/v1/credits/balance", CreditBalance()),
    ("/v1/credits/purchase", CreditPurchase()),
    ("/v1/credits/transactions", CreditTransactions()),
)
