"""Sessions: a row per sign-in. The signed token names it; the row decides whether it still counts."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from store.accounts import tokens
from store.accounts.tables import Session
from store.kit import clock
from store.kit.ids import new_id
from store.kit.settings import settings

KEPT = timedelta(days=30)  # how long a session's row outlives it, for those who ask when somebody was here


class NewSession(Struct, frozen=True):
    """A session just made; `token` is what the client gets, `lifetime` how long it lasts."""

    id: str
    user_id: str
    token: str
    lifetime: timedelta


def create(user_id: str) -> NewSession:
    """Sign a person in. Rows of theirs that ended long ago go (index session_by_user)."""
    now = clock.utc_now()
    lifetime = timedelta(hours=settings().accounts.session_hours)
    Session.delete().where(Session.user == user_id, Session.expires_at < now - KEPT).execute()
    session = Session.create(id=new_id("session"), user=user_id, created_at=now, expires_at=now + lifetime)
    token = tokens.session_token(session.id, user_id, issued_at=now, expires_at=now + lifetime)
    return NewSession(id=session.id, user_id=user_id, token=token, lifetime=lifetime)


def end(session_id: str) -> bool:
    """End a session; False when it had ended already."""
    return bool(
        Session.update(ended_at=clock.utc_now()).where(Session.id == session_id, Session.ended_at.is_null()).execute()
    )


def end_all(user_id: str) -> int:
    """End every open session of a person; how many there were (index session_by_user)."""
    now = clock.utc_now()
    return (
        Session.update(ended_at=now)
        .where(Session.user == user_id, Session.expires_at > now, Session.ended_at.is_null())
        .execute()
    )
