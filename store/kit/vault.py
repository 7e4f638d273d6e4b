"""Secrets at rest: encrypted with keys derived from the signing secret, each bound to the row it belongs to.

Fernet has no associated data, so the row's id stands inside the plaintext: a value that was copied to another
row does not open there. What an earlier signing secret encrypted opens too (`previous_secrets`).
"""

from __future__ import annotations

import base64
import hmac
from functools import lru_cache

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from store.kit import keys, structs
from store.kit.settings import secret_key, settings


class CannotOpen(Exception):
    """The value was encrypted under another signing secret, or for another row."""


def seal(value: str, *, row: str) -> bytes:
    """`value` encrypted for the row with this id."""
    return _keys().encrypt(msgspec.json.encode((row, value)))


@lru_cache(maxsize=4096)
def open_sealed(sealed: bytes, *, row: str) -> str:
    """The value that was sealed for this row. Raises CannotOpen."""
    try:
        bound, value = structs.decode(_keys().decrypt(sealed), tuple[str, str])
    except InvalidToken as error:
        raise CannotOpen("a stored secret was encrypted under another signing secret") from error
    if not hmac.compare_digest(bound, row):
        raise CannotOpen("a stored secret belongs to another row")
    return value


@lru_cache(maxsize=1)
def _keys() -> MultiFernet:
    return MultiFernet(
        [_derived(key) for key in (secret_key(), *(old.encode() for old in settings().previous_secrets))]
    )


def _derived(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.of(secret, "millrace secrets at rest")))
