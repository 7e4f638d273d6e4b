"""Checking that a webhook came from the API: over the raw bytes of the body, before anything has parsed them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE_SECONDS = 300  # how far a delivery's clock may be off (Standard Webhooks)


def verify_signature(payload: bytes, signature: str, secret: str) -> bool:
    """Whether `X-CRAudioViz-Signature` (hex HMAC-SHA256 of the body) is this secret's."""
    wanted = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode())


def verify_webhook(payload: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> bool:
    """Whether the Standard Webhooks headers (`webhook-id`, `-timestamp`, `-signature`) are this secret's, and recent."""
    found = {name.lower(): value for name, value in headers.items()}
    try:
        message, moment, given = (found[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        age = abs((time.time() if now is None else now) - int(moment))
    except (KeyError, ValueError):
        return False
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{message}.{moment}.".encode() + payload, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(digest)
    return age <= TOLERANCE_SECONDS and any(hmac.compare_digest(wanted, one.encode()) for one in given.split())
