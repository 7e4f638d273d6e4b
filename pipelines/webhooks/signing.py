"""Signatures and headers of a delivery. Pure.

Standard Webhooks (specification 1.0): base64 HMAC-SHA256 over `id.timestamp.body`, keyed with the bytes behind
`whsec_`, or with a customer's own secret as UTF-8. CR AudioViz: hex HMAC-SHA256 of the body alone, keyed with the
secret as it is written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from store.webhooks.records import Due

PREFIX = "whsec_"
NEW_SECRET_BYTES = 32
# What a customer's own headers may not name: ours, and those that belong to the connection.
RESERVED = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
RESERVED_PREFIXES = ("webhook-", "x-millrace-", "x-craudioviz-", "proxy-")


def new_secret() -> str:
    """A fresh `whsec_…`."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The key that a secret stands for."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            return secret.encode()  # a customer's own secret that only begins like one of ours
    return secret.encode()


def standard(secret: str, *, message_id: str, timestamp: int, body: str) -> str:
    """One signature of the `webhook-signature` list."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def craudioviz(secret: str, body: str) -> str:
    """What the document's `verifyWebhook` computes."""
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def headers(
    due: Due, *, surface: str, own: Mapping[str, str], secrets_now: Sequence[str], timestamp: int
) -> dict[str, str]:
    """All headers of one attempt. `secrets_now`: the secret, and during a rotation the one before."""
    told = {
        **own,
        "Content-Type": "application/json",
        "User-Agent": "Millrace-Webhooks/1.0",
        "webhook-id": due.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            standard(secret, message_id=due.id, timestamp=timestamp, body=due.body) for secret in secrets_now
        ),
        "X-Millrace-Event": due.event,
        "X-Millrace-Attempt": str(due.attempts + 1),
    }
    if surface == "craudioviz":
        told["X-CRAudioViz-Signature"] = craudioviz(secrets_now[0], due.body)
        if len(secrets_now) > 1:
            told["X-CRAudioViz-Signature-Previous"] = craudioviz(secrets_now[1], due.body)
    for name, value in (
        ("X-Millrace-Job", due.job_id),
        ("X-Millrace-Sequence", due.sequence),
        ("X-Millrace-Previous-State", due.previous_state),
        ("X-Millrace-Cursor", due.cursor),
    ):
        if value is not None:
            told[name] = str(value)
    return told
