"""Passwords: argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, second choice).

A hash costs tens of milliseconds of a core and 19 MiB: the API calls these functions on its small hashing
pool only, never on the event loop or a database thread.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from store.kit.errors import InvalidInput

SHORTEST = 8
LONGEST = 256  # characters; hashing a megabyte is work that nobody's password needs

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


class Verdict(Struct, frozen=True):
    """`better_hash`: the password was right, but its hash has old parameters; this one is to be stored."""

    is_right: bool
    better_hash: str | None = None


def check_acceptable(password: str) -> None:
    """Raise InvalidInput when this cannot become somebody's password."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"The password must have at least {SHORTEST} characters.", field="password")
    if len(password) > LONGEST:
        raise InvalidInput(f"The password must have at most {LONGEST} characters.", field="password")


def hash_of(password: str) -> str:
    """The hash to store, with parameters and salt in it. Slow on purpose."""
    return _hasher.hash(_normal(password))


def check(password: str, stored: str | None) -> Verdict:
    """Whether `password` belongs to `stored`. Slow on purpose.

    Without a stored hash (nobody has that address) a dummy is checked, so that the answer takes as long.
    """
    dummy = _dummy()
    try:
        _hasher.verify(stored or dummy, _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return Verdict(is_right=False)
    if stored is None:
        return Verdict(is_right=False)
    return Verdict(is_right=True, better_hash=hash_of(password) if _hasher.check_needs_rehash(stored) else None)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """One spelling of what keyboards compose differently (NIST SP 800-63B 5.1.1.2 asks for it)."""
    return unicodedata.normalize("NFKC", password)
