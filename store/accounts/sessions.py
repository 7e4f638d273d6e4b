"""Sessions: a row per sign-in. The signed token names it; the row decides whether it still counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from peewee import Function, fn

from store.accounts import tokens
from store.accounts.tables import Session
from store.kit import clock
from store.kit.ids import new_id
from store.kit.settings import settings

KEPT = timedelta(days=30)  # how long a session's row outlives it, for those who ask when somebody was here


class NewSession(Struct, frozen=True):
    """A session just made or continued; `token` is what the client gets, `lifetime` how long it lasts."""

    id: str
    user_id: str
    token: str
    lifetime: timedelta


def create(user_id: str, *, renewable_for: timedelta | None = None) -> NewSession:
    """Sign a person in. Rows of theirs that ended long ago go (index session_by_user)."""
    now = clock.utc_now()
    Session.delete().where(Session.user == user_id, _over_at() < now - KEPT).execute()
    session = Session.create(
        id=new_id("session"),
        user=user_id,
        created_at=now,
        expires_at=now + _lifetime(),
        renewable_until=None if renewable_for is None else now + renewable_for,
    )
    return _with_token(session.id, user_id, now=now)


def renew(session_id: str, *, for_: timedelta) -> NewSession:
    """Let a session last from now, and be renewable for this long again."""
    now = clock.utc_now()
    renewed_ones = (
        Session.update(expires_at=now + _lifetime(), renewable_until=now + for_)
        .where(Session.id == session_id)
        .returning(Session)
        .execute()
    )
    session = next(iter(renewed_ones))
    return _with_token(session.id, session.user.id, now=now)


def renewed(session_id: str) -> NewSession:
    """A token of a session that was renewed a moment ago."""
    return _with_token(session_id, Session.get_by_id(session_id).user.id, now=clock.utc_now())


def end(session_id: str) -> bool:
    """End a session; False when it had ended already."""
    return bool(
        Session.update(ended_at=clock.utc_now()).where(Session.id == session_id, Session.ended_at.is_null()).execute()
    )


def end_all(user_id: str) -> int:
    """End every session of a person that is open or can be continued; how many (index session_by_user)."""
    now = clock.utc_now()
    return (
        Session.update(ended_at=now)
        .where(Session.user == user_id, _over_at() > now, Session.ended_at.is_null())
        .execute()
    )


def _with_token(session_id: str, user_id: str, *, now: datetime) -> NewSession:
    lifetime = _lifetime()
    token = tokens.session_token(session_id, user_id, issued_at=now, expires_at=now + lifetime)
    return NewSession(id=session_id, user_id=user_id, token=token, lifetime=lifetime)


def _lifetime() -> timedelta:
    return timedelta(hours=settings().accounts.session_hours)


def _over_at() -> Function:
    return fn.greatest(Session.expires_at, fn.coalesce(Session.renewable_until, Session.expires_at))
