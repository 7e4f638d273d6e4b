"""Payments by Stripe's own library, the only module that imports it; or in the sandbox, where no money moves.

A `tok_…` is a card's token, a `pm_…` a payment method. The sandbox takes any token but DECLINED.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from store.kit.settings import settings

CURRENCY = "usd"
DECLINED = "tok_chargeDeclined"


class Declined(Exception):
    """The payment was refused for good; the text is for the customer."""


class NotConfigured(Exception):
    """There is no key, or Stripe does not take it."""


def charge(cents: int, *, token: str, key: str, workspace_id: str, sandbox: bool) -> str:
    """Take a payment, once however often it is called with the same `key`; its id.

    Raises Declined, NotConfigured; anything else means that it is not known yet whether the payment was made.
    """
    if sandbox:
        if token == DECLINED:
            raise Declined("Your card was declined.")
        return f"sandbox_{key}"
    if not settings().payments.stripe_key:
        raise NotConfigured
    return _charge_by_stripe(cents, token=token, key=key, workspace_id=workspace_id)


def _charge_by_stripe(cents: int, *, token: str, key: str, workspace_id: str) -> str:
    import stripe

    params: dict[str, Any] = {
        "amount": cents,
        "currency": CURRENCY,
        "confirm": True,
        "description": "Credits",
        "metadata": {"workspace_id": workspace_id, "job_id": key},
        # Nobody is there to follow a redirect: a card that asks for one is declined.
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }
    if token.startswith("pm_"):
        params["payment_method"] = token
    else:
        params["payment_method_data"] = {"type": "card", "card": {"token": token}}
    try:
        made: Any = _client().v1.payment_intents.create(params=params, options={"idempotency_key": key})
    except stripe.CardError as error:
        raise Declined(error.user_message or "Your card was declined.") from error
    except stripe.InvalidRequestError as error:
        raise Declined("This payment method cannot be used.") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise NotConfigured from error
    if made.status != "succeeded":
        raise Declined("This payment method needs a confirmation by its holder, which cannot be given here.")
    return str(made.id)


@lru_cache(maxsize=1)
def _client() -> Any:
    import requests
    import stripe

    wanted = settings().payments
    session = requests.Session()
    session.trust_env = False  # no proxy from the environment
    return stripe.StripeClient(
        wanted.stripe_key,
        base_addresses={"api": wanted.stripe_url} if wanted.stripe_url else None,
        max_network_retries=0,  # the engine tries again, with the same idempotency key
        http_client=stripe.RequestsClient(timeout=wanted.timeout_seconds, session=session),
    )
