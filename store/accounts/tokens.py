"""Tokens that this installation signs or derives: session tokens (JWT), refresh tokens, links and codes for mails.

Each purpose has a key of its own, derived from the installation's secret. A session token only names its
session row, which decides; the others can be made again from their row's id, so that they need to be
stored nowhere, neither in the row (which keeps a hash) nor in the job that mails them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import jwt
import msgspec
from msgspec import Struct

from store.kit import clock, keys, structs

ALGORITHM = "HS256"
AUDIENCE = "millrace"


class Claims(Struct, frozen=True):
    """What a session token says: who, by which session row, from when until when (Unix seconds)."""

    sub: str
    sid: str
    iat: int
    exp: int


def session_token(session_id: str, user_id: str, *, issued_at: datetime, expires_at: datetime) -> str:
    """The signed token of one session row."""
    claims = {
        "sub": user_id,
        "sid": session_id,
        "aud": AUDIENCE,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt.encode(claims, keys.derived("session token"), algorithm=ALGORITHM)


def read_session_token(token: str) -> Claims | None:
    """The claims of a token that we signed and that has not expired; None for anything else."""
    try:
        payload = jwt.decode(
            token,
            keys.derived("session token"),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            # The times are checked below, against the one clock.
            options={"require": ["exp", "iat", "sub", "sid", "aud"], "verify_exp": False, "verify_iat": False},
        )
        claims = structs.convert(payload, Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError):
        return None
    now = clock.utc_now()
    return claims if datetime.fromtimestamp(claims.exp, UTC) > now else None


def one_time_token(token_id: str) -> str:
    """The 256-bit token of a one-time token's row: the same each time, and known only with the secret."""
    return _derived("one-time token", token_id)


def refresh_token(token_id: str) -> str:
    """The 256-bit refresh token of a row: the same each time, and known only with the secret."""
    return _derived("refresh token", token_id)


def mail_code(code_id: str) -> str:
    """The six digits of a code's row: the same each time, and known only with the secret."""
    digest = hmac.new(keys.derived("mail code"), code_id.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % 1_000_000:06d}"


def mail_code_hash(code_id: str, code: str) -> bytes:
    """What is stored of a code: keyed, because a million codes are soon tried against a plain hash."""
    return hmac.new(keys.derived("mail code hash"), f"{code_id} {code}".encode(), hashlib.sha256).digest()


def sha256(text: str) -> bytes:
    """What is stored of a token or key that has 256 random bits: nothing slower is needed for those."""
    return hashlib.sha256(text.encode()).digest()


def _derived(purpose: str, row_id: str) -> str:
    digest = hmac.new(keys.derived(purpose), row_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
