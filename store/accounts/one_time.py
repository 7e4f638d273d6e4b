"""One-time tokens that are mailed to a person. One per person and purpose: a newer one ends the older."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from store.accounts import tokens
from store.kit import clock
from store.kit.db import row
from store.kit.ids import new_id

Purpose = Literal["verify_email", "reset_password"]


def issue(user_id: str, purpose: Purpose, *, lifetime: timedelta) -> str:
    """Make a token for a person; its row's id, from which `tokens.one_time_token` gives the token itself."""
    now = clock.utc_now()
    token_id = new_id("token")
    row(
        """
        INSERT INTO one_time_token AS kept (id, user_id, purpose, token_sha256, created_at, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT one_time_token_by_purpose DO UPDATE
        SET id = excluded.id, token_sha256 = excluded.token_sha256, created_at = excluded.created_at,
            expires_at = excluded.expires_at, used_at = NULL
        RETURNING id
        """,
        (token_id, user_id, purpose, tokens.sha256(tokens.one_time_token(token_id)), now, now + lifetime),
    )
    return token_id


def is_good(token: str, purpose: Purpose) -> bool:
    """Whether `spend` would take this token now (one_time_token_by_hash)."""
    return (
        row(
            "SELECT 1 FROM one_time_token"
            " WHERE token_sha256 = %s AND purpose = %s AND used_at IS NULL AND expires_at > %s",
            (tokens.sha256(token), purpose, clock.utc_now()),
        )
        is not None
    )


def spend(token: str, purpose: Purpose) -> str | None:
    """Use a token up; its person's id, or None when it is unknown, used or expired (one_time_token_by_hash)."""
    now = clock.utc_now()
    found = row(
        """
        UPDATE one_time_token SET used_at = %s
        WHERE token_sha256 = %s AND purpose = %s AND used_at IS NULL AND expires_at > %s
        RETURNING user_id
        """,
        (now, tokens.sha256(token), purpose, now),
    )
    return found[0] if found else None
