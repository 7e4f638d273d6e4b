"""Keys derived from the installation's signing secret, one a purpose: whoever learns one learns nothing of another.

HMAC is the key derivation: the secret has full entropy, so nothing slower is needed (RFC 5869, section 3.3).
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from store.kit.settings import secret_key


@lru_cache(maxsize=32)
def derived(purpose: str) -> bytes:
    """The 32-byte key of a purpose."""
    return of(secret_key(), purpose)


def of(secret: bytes, purpose: str) -> bytes:
    """The same from another secret (an earlier one)."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
