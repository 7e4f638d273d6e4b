"""/v1/auth/…: sign in with a session that can be continued, and continue it."""

from __future__ import annotations

from api.clisonix.auth_types import LoggedIn, LoginRequest, Person, Refreshed, RefreshRequest
from api.kit import identity
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from pipelines.mail import queue
from store.accounts import audit, refresh, signin, users, workspaces
from store.accounts.refresh import Pair, Reuse
from store.accounts.tables import User
from store.kit.db import transaction
from store.kit.errors import Unauthenticated

ROLES = {"OWNER": "admin", "ADMIN": "admin", "MEMBER": "member"}


class Login:
    """POST /v1/auth/login."""

    @operation("Sign in", body=LoginRequest, returns=LoggedIn, auth="public", threads="hashing")
    def on_post(self, body: LoginRequest, request: Request) -> LoggedIn:
        user = signin.check(body.email, body.password, address=request.client_address)
        with transaction():
            pair = refresh.begin(user.id)
        return LoggedIn(
            access_token=pair.session.token,
            refresh_token=pair.refresh_token,
            expires_in=_seconds(pair),
            user=Person(id=user.id, email=user.email, role=_role(user)),
        )


class Refresh:
    """POST /v1/auth/refresh."""

    @operation("Continue a session", body=RefreshRequest, returns=Refreshed, auth="public")
    async def on_post(self, body: RefreshRequest) -> Refreshed:
        """A refresh token works once. For 30 seconds it gives its successor again, as long as nobody used that; any
        other second use ends the session, and its person is told.
        """
        outcome = await pool("database").run(_rotate, body.refresh_token)
        if isinstance(outcome, Pair):
            return Refreshed(
                access_token=outcome.session.token,
                refresh_token=outcome.refresh_token,
                expires_in=_seconds(outcome),
            )
        if isinstance(outcome, Reuse):
            identity.forget_session(outcome.session_id)
        raise Unauthenticated("This refresh token is not valid, or no longer; sign in again.")


def _rotate(token: str) -> Pair | Reuse | None:
    with transaction():
        outcome = refresh.rotate(token)
        if isinstance(outcome, Reuse):
            user = users.get(outcome.user_id)
            for workspace in workspaces.of_user(user.id)[:1]:
                audit.tell(workspace.id, "session.refresh_reused", user_id=user.id, session_id=outcome.session_id)
            queue.refresh_reused(user)
    return outcome


def _role(user: User) -> str:
    """What the person is where the session acts, their workspace of longest standing."""
    return next((ROLES[one.role] for one in workspaces.memberships(user.id)), ROLES["MEMBER"])


def _seconds(pair: Pair) -> int:
    return int(pair.session.lifetime.total_seconds())
