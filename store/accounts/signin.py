"""Signing in, in two steps around the slow check of the password.

`begin` counts the try and finds the account, `conclude` opens the session or refuses. The refusal is the
same sentence whether the address or the password was wrong.
"""

from __future__ import annotations

from msgspec import Struct

from store.accounts import email as addresses
from store.accounts import logins, sessions, users
from store.accounts.passwords import Verdict
from store.accounts.sessions import NewSession
from store.accounts.tables import User
from store.kit.db import transaction
from store.kit.errors import Unauthenticated


class Attempt(Struct, frozen=True):
    """Somebody at an address of the network says who they are; `user` is None when nobody has that account."""

    email: str
    address: str
    user: User | None

    @property
    def password_hash(self) -> str | None:
        """What the password is checked against."""
        return self.user.password_hash if self.user else None


def begin(email: str, *, address: str) -> Attempt:
    """Count a try. Raises QuotaExceeded when there were too many wrong ones."""
    known = addresses.find_normal(email)
    logins.count_try(known or "", address)
    return Attempt(email=known or "", address=address, user=users.find_by_email(known) if known else None)


def conclude(attempt: Attempt, verdict: Verdict) -> NewSession:
    """Open a session, when the password was right. Raises Unauthenticated."""
    if attempt.user is None or not verdict.is_right:
        raise Unauthenticated("The e-mail address or the password is wrong.")
    with transaction():
        logins.forget(attempt.email, attempt.address)
        if verdict.better_hash is not None:
            users.set_password_hash(attempt.user.id, old=attempt.user.password_hash, new=verdict.better_hash)
        return sessions.create(attempt.user.id)
