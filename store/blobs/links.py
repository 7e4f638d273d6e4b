"""Signed links: an address that opens what it names, for whoever has it, until it expires.

The signature covers the path and the end; nothing is stored, and one link says nothing about another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from store.kit import keys
from store.kit.clock import utc_now
from store.kit.errors import Forbidden, Gone

PURPOSE = "signed link"


def sign(path: str, *, lasts: timedelta) -> str:
    """`path?expires=…&signature=…`; `path` is without a query."""
    expires = int((utc_now() + lasts).timestamp())
    return f"{path}?expires={expires}&signature={_signature(path, expires)}"


def check(path: str, *, expires: int, signature: str) -> None:
    """Raises Forbidden for a signature that is not ours, Gone for a link past its end."""
    if not hmac.compare_digest(_signature(path, expires).encode(), signature.encode()):
        raise Forbidden("This link was not made here, or was changed.", field="signature")
    if utc_now().timestamp() >= expires:
        raise Gone("This link has expired.", code="link_expired", field="expires")


def _signature(path: str, expires: int) -> str:
    digest = hmac.new(keys.derived(PURPOSE), f"{expires} {path}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
