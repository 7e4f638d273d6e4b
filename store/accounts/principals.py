"""Who is acting: what one credential stands for right now, in one query each.

Called on a miss of the API's cache. A secret key acts with its workspace's ADMIN role and never as an operator;
a publishable key acts with none and opens only what asks for one.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from store.accounts import key_text, tokens
from store.accounts.key_text import Kind, Mode
from store.accounts.tables import PLANS
from store.kit import clock
from store.kit.db import row, rows
from store.kit.errors import NotFound

USE_STEP = timedelta(minutes=1)  # last_used_at is written at most this often: a busy key must not cost a write a call

_OF_SESSION = """
    SELECT u.is_operator, place.workspace_id, place.role, place.plan
    FROM session s
    JOIN users u ON u.id = s.user_id
    LEFT JOIN LATERAL (
        SELECT m.workspace_id, m.role, w.plan
        FROM member m JOIN workspace w ON w.id = m.workspace_id
        WHERE m.user_id = s.user_id AND m.workspace_id = coalesce(%s, m.workspace_id)
        ORDER BY m.joined_at, m.workspace_id
        LIMIT 1
    ) place ON true
    WHERE s.id = %s AND s.user_id = %s AND s.ended_at IS NULL AND s.expires_at > %s
"""

_OF_KEY = """
    SELECT k.id, k.workspace_id, k.mode, k.secret_sha256, w.plan, k.last_used_at, k.allowed_domains
    FROM api_key k JOIN workspace w ON w.id = k.workspace_id
    WHERE k.public_id = %s AND k.kind = %s AND k.revoked_at IS NULL
"""


class Principal(Struct, frozen=True, kw_only=True):
    """Who acts, where, and with which rights; every owned query takes `workspace_id`.

    It is empty for a person who is in no workspace; admission lets them do only what concerns themselves.
    `allowed_domains` bind a publishable key to the pages of these domains.
    """

    workspace_id: str
    role: str
    plan: str
    kind: Literal["user", "key", "publishable"]
    mode: Mode = "live"
    user_id: str | None = None
    session_id: str | None = None
    key_id: str | None = None
    is_operator: bool = False
    allowed_domains: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether a test key acts: it pays nothing, and everything it makes is marked."""
        return self.mode == "test"


def of_session(claims: tokens.Claims, *, workspace_id: str | None) -> Principal | None:
    """Who a session token stands for; None when its session has ended.

    Acts in `workspace_id` (NotFound unless a member), else in the workspace of longest standing, if there is one.
    """
    found = row(_OF_SESSION, (workspace_id, claims.sid, claims.sub, clock.utc_now()))
    if found is None:
        return None
    is_operator, place, role, plan = found
    if place is None and workspace_id is not None:
        raise NotFound("There is no such workspace.")
    return Principal(
        workspace_id=place or "",
        role=role or "",
        plan=plan or PLANS[0],
        kind="user",
        user_id=claims.sub,
        session_id=claims.sid,
        is_operator=is_operator,
    )


def of_key(text: str, *, kind: Kind = "secret") -> Principal | None:
    """Which workspace a key of this kind stands for; None when there is no such key, or no longer."""
    public_id = key_text.public_id(text)
    if public_id is None:
        return None
    found = row(_OF_KEY, (public_id, kind))
    if found is None:
        return None
    key_id, workspace_id, mode, stored, plan, last_used_at, domains = found
    if not hmac.compare_digest(bytes(stored), tokens.sha256(text)):
        return None
    now = clock.utc_now()
    if last_used_at is None or last_used_at < now - USE_STEP:
        rows("UPDATE api_key SET last_used_at = %s WHERE id = %s", (now, key_id))
    is_secret = kind == "secret"
    return Principal(
        workspace_id=workspace_id,
        role="ADMIN" if is_secret else "",
        plan=plan,
        kind="key" if is_secret else "publishable",
        mode=mode,
        key_id=key_id,
        allowed_domains=tuple(domains),
    )
