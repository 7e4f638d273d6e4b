"""Admission: who calls, may they, and have they any requests left. Called once per request by @operation.

Order: credentials are read, the request is counted (a wrong key counts against its address, which slows
guessing down), then it is refused if it must be.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Literal

from api.kit.identity import Principal, authenticate, caller_of
from api.kit.limiter import Limiter
from api.kit.origin import refuse_foreign_site
from api.kit.request import Request
from store.kit import log
from store.kit.db import OUTAGES
from store.kit.errors import DomainError, Forbidden, Unauthenticated

Auth = Literal["public", "account", "required", "user", "admin", "operator", "publishable"]
Role = Literal["MEMBER", "ADMIN", "OWNER"]
RANKS = {"": 0, "MEMBER": 1, "ADMIN": 2, "OWNER": 3}


async def admit(req: Request, auth: Auth, load: str, *, role: Role = "MEMBER") -> Principal | None:
    """The caller; None only where `auth` is public (or operator, for a call from this machine).

    "required" asks for somebody in a workspace, "account" for anybody we know, "user" for a signed-in person rather
    than a key, in a workspace or not, "admin" for an operator or, in a workspace, for the role (at least ADMIN),
    "publishable" for a web page with a publishable key.
    `role` is the least that one must be in the workspace. Raises Unauthenticated, Forbidden, NotFound, QuotaExceeded.
    """
    caller, refusal = None, None
    req.is_page = auth == "publishable"
    try:
        caller = await caller_of(req)
    except DomainError as error:
        refusal = error
    req.caller = caller
    log.bind(workspace_id=caller.workspace_id if caller else None)
    if load == "link" and refusal is not None:
        load = "normal"  # a wrong key is no link
    await limiter(asyncio.get_running_loop()).take(req, caller, load)
    refuse_foreign_site(req)
    if auth == "public" or (auth == "operator" and caller is None and req.is_local):
        return caller
    if refusal is not None:
        raise refusal
    if caller is None and auth == "publishable":
        raise Unauthenticated("Send a publishable key as `X-API-Key`.")
    if caller is None:
        raise Unauthenticated("Send a secret key or a session token as `Authorization: Bearer …`, or sign in.")
    _judge(caller, auth, role)
    return caller


async def count_unanswered(req: Request) -> None:
    """Count a request for a path or method that does not exist, as whoever sends it. Raises QuotaExceeded."""
    try:
        caller = await authenticate(req)
    except (DomainError, *OUTAGES):
        caller = None  # counted by its address
    await limiter(asyncio.get_running_loop()).take(req, caller, "normal")


def _judge(caller: Principal, auth: Auth, role: Role) -> None:
    if auth == "user" and caller.kind != "user":
        raise Forbidden("This needs a signed-in person; a key is not enough.")
    if auth == "operator" and not caller.is_operator:
        raise Forbidden("This is for operators.")
    if auth == "admin" and caller.is_operator:
        return
    if auth in ("required", "admin") and not caller.workspace_id:
        raise Forbidden("You are in no workspace.", code="no_workspace")
    if role != "MEMBER" and RANKS[caller.role] < RANKS[role]:
        wanted = "an owner" if role == "OWNER" else "an owner or admin"
        raise Forbidden(f"This needs {wanted} of the workspace.", code="role_too_low", role=role)


@lru_cache(maxsize=1)
def limiter(_loop: asyncio.AbstractEventLoop) -> Limiter:
    """The limiter of this process's event loop."""
    return Limiter()
