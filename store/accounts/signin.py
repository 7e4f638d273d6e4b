"""Signing in with a password: the try is counted before the slow check, and forgotten when it was right.

The refusal is the same sentence, after the same work, whether the address or the password was wrong.
"""

from __future__ import annotations

from store.accounts import email as addresses
from store.accounts import logins, passwords, users
from store.accounts.tables import User
from store.kit.db import transaction
from store.kit.errors import Unauthenticated


def check(email: str, password: str, *, address: str) -> User:
    """Whose address and password these are; the caller opens a session. Slow on purpose.

    `address` is the caller's in the network. Raises Unauthenticated, QuotaExceeded after too many wrong tries.
    """
    known = addresses.find_normal(email)
    logins.count_try(known or "", address)
    user = users.find_by_email(known) if known else None
    verdict = passwords.check(password, user.password_hash if user else None)
    if user is None or not verdict.is_right:
        raise Unauthenticated("The e-mail address or the password is wrong.")
    with transaction():
        logins.forget(user.email, address)
        if verdict.better_hash is not None:
            users.set_password_hash(user.id, old=user.password_hash, new=verdict.better_hash)
    return user
