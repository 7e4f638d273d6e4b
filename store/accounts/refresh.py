"""Refresh tokens: a session is continued by its newest token, which is used up and replaced by that.

The session is the family and its tokens are the generations. A token is opaque, 256 bits derived from its row's
id, so that a client whose answer got lost is told the same successor again: within GRACE, and only as long as
that successor has not been used. Any other second use means that two hold the family, and ends it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from store.accounts import sessions, tokens
from store.accounts.sessions import NewSession
from store.accounts.tables import RefreshToken
from store.kit import clock
from store.kit.db import row, rows, transaction
from store.kit.ids import new_id
from store.kit.settings import settings

GRACE = timedelta(seconds=30)


class Pair(Struct, frozen=True):
    """What a client gets: a session token and what continues it."""

    session: NewSession
    refresh_token: str


class Reuse(Struct, frozen=True):
    """An old token was used again: its session has been ended by this call."""

    user_id: str
    session_id: str


def begin(user_id: str) -> Pair:
    """Sign a person in with a session that can be continued; call it inside a transaction."""
    session = sessions.create(user_id, renewable_for=timedelta(days=settings().accounts.refresh_days))
    return Pair(session=session, refresh_token=_add(session.id, generation=1, now=clock.utc_now()))


def rotate(token: str) -> Pair | Reuse | None:
    """Use a refresh token up. None: there is none like it, or its session has ended or expired."""
    now = clock.utc_now()
    with transaction():
        used = row(
            """
            UPDATE refresh_token t SET used_at = %s FROM session s
            WHERE t.token_sha256 = %s AND t.used_at IS NULL AND s.id = t.session_id
              AND s.ended_at IS NULL AND s.renewable_until > %s
            RETURNING t.session_id, t.generation
            """,
            (now, tokens.sha256(token), now),
        )
        if used is not None:
            session_id, generation = used
            _forget_outlived(session_id, now=now)
            successor = _add(session_id, generation=generation + 1, now=now)
            session = sessions.renew(session_id, for_=timedelta(days=settings().accounts.refresh_days))
            return Pair(session=session, refresh_token=successor)
        return _judge_second_use(token, now=now)


def _judge_second_use(token: str, *, now: datetime) -> Pair | Reuse | None:
    found = row(
        """
        SELECT t.session_id, s.user_id, t.used_at, next.id, next.used_at
        FROM refresh_token t JOIN session s ON s.id = t.session_id
        LEFT JOIN refresh_token next ON next.session_id = t.session_id AND next.generation = t.generation + 1
        WHERE t.token_sha256 = %s AND t.used_at IS NOT NULL AND s.ended_at IS NULL AND s.renewable_until > %s
        """,
        (tokens.sha256(token), now),
    )
    if found is None:
        return None
    session_id, user_id, used_at, successor_id, successor_used_at = found
    if successor_id is not None and successor_used_at is None and now - used_at <= GRACE:
        return Pair(session=sessions.renewed(session_id), refresh_token=tokens.refresh_token(successor_id))
    # Of those who find out at once one ends the session, and that one tells about it.
    return Reuse(user_id=user_id, session_id=session_id) if sessions.end(session_id) else None


def _add(session_id: str, *, generation: int, now: datetime) -> str:
    token_id = new_id("token")
    text = tokens.refresh_token(token_id)
    RefreshToken.insert(
        id=token_id, session=session_id, generation=generation, token_sha256=tokens.sha256(text), created_at=now
    ).execute()
    return text


def _forget_outlived(session_id: str, *, now: datetime) -> None:
    """A token older than the longest wait for its use is as good as unknown."""
    rows(
        "DELETE FROM refresh_token WHERE session_id = %s AND used_at < %s",
        (session_id, now - timedelta(days=settings().accounts.refresh_days)),
    )
