"""Who is calling: session cookie, bearer session token or bearer secret key, all to one Principal.

`authenticate` is called for each request, `authenticate_page` for those that a website's widget makes with a
publishable key. A credential that was checked is believed for
`accounts.key_cache_seconds`, so a call costs a hash and a look-up in a dict, and a revoked key or ended
session stops within that time; a miss asks the database once, however many requests wait for the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

from msgspec import Struct

from api.kit.request import Request
from api.kit.threads import pool
from store.accounts import domains, principals, tokens
from store.accounts.key_text import looks_like_key
from store.accounts.principals import Principal
from store.accounts.sessions import NewSession
from store.kit.errors import DomainError, Forbidden, NotFound, Unauthenticated
from store.kit.ids import is_id
from store.kit.settings import settings

KNOWN = 10_000  # credentials remembered per process; about 5 MB
UNKNOWN = 2_000  # refused ones have a room of their own, so that guessing cannot push out the others

__all__ = [
    "Principal", "authenticate", "authenticate_page", "caller_of", "clearing_cookie", "forget_key", "forget_session",
    "forget_user", "session_cookie",
]  # fmt: skip


class _Remembered(Struct, frozen=True):
    """An answer of the database, believed until `until` (monotonic seconds)."""

    until: float
    principal: Principal | None = None
    refusal: tuple[type[DomainError], str, str] | None = None


_known: dict[bytes, _Remembered] = {}
_unknown: dict[bytes, _Remembered] = {}
_asking: dict[bytes, asyncio.Future[_Remembered]] = {}


async def authenticate(req: Request, *, place: str | None = None) -> Principal | None:
    """The caller, or None when the request carries no credential. `place` is the workspace that the path names.

    Raises Unauthenticated for a credential that does not count (any more), NotFound when the path or, where it
    names none, X-Workspace-Id names a workspace that the caller is not in.
    """
    credential = _credential(req)
    if credential is None:
        return None
    wanted = place or req.header(b"x-workspace-id") or None
    return await _believed(f"caller\n{credential}\n{wanted or ''}", lambda: _principal(credential, wanted))


async def authenticate_page(req: Request) -> Principal | None:
    """Whose publishable key a web page sends as X-API-Key; None when it sends none.

    Raises Unauthenticated for a key that does not count, Forbidden for a page of a domain that the key is not for.
    """
    text = req.header(b"x-api-key")
    if not text:
        return None
    caller = await _believed(f"page\n{text}", lambda: _page_key(text))
    if not domains.allows(caller.allowed_domains, _origin(req)):
        raise Forbidden("This key is not for pages of this origin.", code="origin_not_allowed")
    return caller


def _origin(req: Request) -> str | None:
    """The calling page's origin. Browsers leave it out where a page of ours reads from us, and say so in another way."""
    if req.header(b"sec-fetch-site") == "same-origin":
        return settings().base_url
    return req.header(b"origin")


async def caller_of(req: Request) -> Principal | None:
    """The caller by the door that the request came through (`req.is_page`, `req.place`)."""
    return await (authenticate_page(req) if req.is_page else authenticate(req, place=req.place))


def session_cookie(session: NewSession) -> str:
    """The Set-Cookie value that keeps a person signed in."""
    return _cookie(session.token, max_age=int(session.lifetime.total_seconds()))


def clearing_cookie() -> str:
    """The Set-Cookie value that signs a browser out."""
    return _cookie("", max_age=0)


def forget_session(session_id: str) -> None:
    """Stop believing a session that has ended, in this process at once. Call it on the event loop."""
    _forget(lambda caller: caller.session_id == session_id)


def forget_user(user_id: str) -> None:
    """Stop believing the sessions of a person, in this process at once. Call it on the event loop."""
    _forget(lambda caller: caller.user_id == user_id)


def forget_key(key_id: str) -> None:
    """Stop believing a key, in this process at once. Call it on the event loop."""
    _forget(lambda caller: caller.key_id == key_id)


def _forget(is_meant: Callable[[Principal], bool]) -> None:
    for key in [key for key, one in _known.items() if one.principal and is_meant(one.principal)]:
        del _known[key]


def _credential(req: Request) -> str | None:
    authorization = req.header(b"authorization")
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise Unauthenticated("The Authorization header must be `Bearer` and a session token or a secret key.")
        return text.strip()
    name = _cookie_name()
    for part in (req.header(b"cookie") or "").split(";"):
        given, _, text = part.strip().partition("=")
        if given == name and text:
            return text
    return None


async def _believed(question: str, look_up: Callable[[], Principal]) -> Principal:
    """The remembered answer, or the database's. Raises what it was refused with."""
    key = hashlib.sha256(question.encode()).digest()
    found = _known.get(key) or _unknown.get(key)
    if found is None or found.until <= time.monotonic():
        found = await _ask_once(key, look_up)
    if found.principal is not None:
        return found.principal
    assert found.refusal is not None
    kind, message, code = found.refusal
    raise kind(message, code=code)


async def _ask_once(key: bytes, look_up: Callable[[], Principal]) -> _Remembered:
    """Ask the database, or wait for whoever asks the same just now."""
    asking = _asking.get(key)
    if asking is None:
        asking = asyncio.ensure_future(pool("database").run(_look_up, look_up))
        _asking[key] = asking
        asking.add_done_callback(lambda done: _settle(key, done))
    return await asyncio.shield(asking)


def _settle(key: bytes, done: asyncio.Future[_Remembered]) -> None:
    _asking.pop(key, None)
    _known.pop(key, None)
    _unknown.pop(key, None)
    if done.cancelled() or done.exception() is not None:
        return  # an outage is answered to those who wait, and not remembered
    answer = done.result()
    room, size = (_known, KNOWN) if answer.principal is not None else (_unknown, UNKNOWN)
    if len(room) >= size:
        del room[next(iter(room))]
    room[key] = answer


def _look_up(look_up: Callable[[], Principal]) -> _Remembered:
    until = time.monotonic() + settings().accounts.key_cache_seconds
    try:
        return _Remembered(until=until, principal=look_up())
    except (Unauthenticated, NotFound) as error:
        return _Remembered(until=until, refusal=(type(error), error.message, error.code))


def _principal(text: str, wanted: str | None) -> Principal:
    if wanted is not None and not is_id("workspace", wanted):
        raise NotFound("There is no such workspace.")
    if looks_like_key(text):
        principal = principals.of_key(text)
        if principal is None:
            raise Unauthenticated("This API key is not valid, or no longer.")
        if wanted is not None and wanted != principal.workspace_id:
            raise NotFound("There is no such workspace.")
        return principal
    claims = tokens.read_session_token(text)
    principal = principals.of_session(claims, workspace_id=wanted) if claims else None
    if principal is None:
        raise Unauthenticated("This session is not valid, or has ended; sign in again.")
    return principal


def _page_key(text: str) -> Principal:
    principal = principals.of_key(text, kind="publishable")
    if principal is None:
        raise Unauthenticated("This publishable key is not valid, or no longer.")
    return principal


def _cookie_name() -> str:
    return "__Host-millrace_session" if _is_https() else "millrace_session"


def _cookie(value: str, *, max_age: int) -> str:
    secure = "; Secure" if _is_https() else ""
    return f"{_cookie_name()}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def _is_https() -> bool:
    return settings().base_url.startswith("https://")
