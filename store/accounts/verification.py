"""Showing that an address is one's own, by the token that was mailed to it."""

from __future__ import annotations

from store.accounts import one_time, users
from store.kit.db import transaction


def confirm(token: str) -> bool:
    """Use the mailed token up; False when it is unknown, used or expired."""
    with transaction():
        user_id = one_time.spend(token, "verify_email")
        if user_id is None:
            return False
        users.mark_verified(user_id)
        return True
