"""Six-digit codes that show a new address to be one's own: ten minutes, five tries, the newest only.

Sign-ups may meet at one address before its owner has shown up. When they came with different passwords nobody
can tell whose the owner's is: the code is *contested*, and with it go password, sessions and keys of the account,
so that who signed up with somebody else's address is out when the owner comes in.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from store.accounts import attempts, keys, sessions, tokens, users
from store.accounts import email as addresses
from store.accounts.tables import User
from store.kit import clock
from store.kit.db import row, rows, transaction
from store.kit.ids import new_id

LIFETIME = timedelta(minutes=10)
TRIES = 5


def issue(user_id: str, *, is_contested: bool) -> str:
    """A new code for a person, which ends the older one; its row's id, from which `tokens.mail_code` gives the code."""
    now = clock.utc_now()
    code_id = new_id("token")
    rows(
        """
        INSERT INTO mail_code AS kept (id, user_id, code_sha256, is_contested, created_at, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT mail_code_by_user DO UPDATE
        SET id = excluded.id, code_sha256 = excluded.code_sha256, tries = 0, used_at = NULL,
            is_contested = kept.is_contested OR excluded.is_contested,
            created_at = excluded.created_at, expires_at = excluded.expires_at
        """,
        (
            code_id,
            user_id,
            tokens.mail_code_hash(code_id, tokens.mail_code(code_id)),
            is_contested,
            now,
            now + LIFETIME,
        ),
    )
    return code_id


def contest(user_id: str) -> None:
    """Another password came for this person's address, and no new code."""
    rows("UPDATE mail_code SET is_contested = true WHERE user_id = %s", (user_id,))


def spend(email: str, code: str, *, address: str) -> User | None:
    """Use a code up and let its owner in; None when it is wrong, used, outlived, or had its five tries.

    Each call counts as a try of the account's code and, unless it was right, of the caller's address in the
    network. Raises QuotaExceeded when there were too many wrong ones from there.
    """
    attempts.take_from(attempts.WRONG_CODES_FROM_ADDRESS, address)
    tried = _count_try(addresses.find_normal(email) or "")
    if tried is None:
        return None
    code_id, user_id, expected = tried
    if not hmac.compare_digest(bytes(expected), tokens.mail_code_hash(code_id, code)):
        return None
    with transaction():
        used = row(
            "UPDATE mail_code SET used_at = %s WHERE id = %s AND used_at IS NULL RETURNING is_contested",
            (clock.utc_now(), code_id),
        )
        if used is None:
            return None
        if used[0]:
            users.replace_password(user_id, None)
            turn_everyone_out(user_id)
        users.mark_verified(user_id)
        attempts.give_back_from(attempts.WRONG_CODES_FROM_ADDRESS, address)
    return users.get(user_id)


def turn_everyone_out(user_id: str) -> None:
    """End what others may have made in this person's name: sessions and keys."""
    sessions.end_all(user_id)
    keys.revoke_made_by(user_id)


def _count_try(email: str) -> tuple[str, str, bytes] | None:
    now = clock.utc_now()
    return row(
        """
        UPDATE mail_code c SET tries = tries + 1 FROM users u
        WHERE u.email = %s AND c.user_id = u.id AND c.used_at IS NULL AND c.expires_at > %s AND c.tries < %s
        RETURNING c.id, c.user_id, c.code_sha256
        """,
        (email, now, TRIES),
    )
