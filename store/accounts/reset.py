"""A new password by mail: the link's token sets it once, and every session of the person ends."""

from __future__ import annotations

from store.accounts import codes, logins, one_time, passwords, sessions, users
from store.kit.db import transaction
from store.kit.errors import InvalidInput


def with_password(token: str, password: str) -> str:
    """Set the password; the person's id. Slow on purpose, but not for a token that does not count.

    Who can read the mail owns the address. Before that was shown anyone may have signed up with it, so what they
    made in its name ends as well. Raises InvalidInput naming `password` or `token`.
    """
    passwords.check_acceptable(password)
    if not one_time.is_good(token, "reset_password"):
        raise _refused()
    password_hash = passwords.hash_of(password)
    with transaction():
        user_id = one_time.spend(token, "reset_password")
        if user_id is None:
            raise _refused()
        user = users.get(user_id)
        if user.verified_at is None and user.password_hash is not None:
            codes.turn_everyone_out(user_id)
        users.replace_password(user_id, password_hash)
        sessions.end_all(user_id)
        users.mark_verified(user_id)
        logins.forget_account(user.email)
        return user_id


def _refused() -> InvalidInput:
    return InvalidInput("This link is unknown, used or expired; ask for a new one.", field="token")
