"""POST /api/auth/…: sign up, show that an address is one's own, sign in, sign out."""

from __future__ import annotations

from api.kit import identity
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.vistralai.auth_types import (
    EmailVerified,
    LoggedIn,
    LoggedOut,
    LoginRequest,
    Registered,
    RegisterRequest,
    VerifyEmailRequest,
)
from pipelines.mail import queue
from store.accounts import passwords, sessions, signin, signup, verification
from store.kit.db import transaction
from store.kit.errors import InvalidInput


class Register:
    """POST /api/auth/register: a person, their workspace, and a mail that asks whether the address is theirs."""

    @operation("Sign up", body=RegisterRequest, returns=Registered, status=201, auth="public", threads="hashing")
    def on_post(self, body: RegisterRequest) -> Registered:
        who = signup.applicant(email=body.email, name=body.name, company=body.company_name)
        passwords.check_acceptable(body.password)
        signup.refuse_taken(who.email)
        password_hash = passwords.hash_of(body.password)
        with transaction():
            user, workspace = signup.create(who, password_hash=password_hash)
            queue.verification(user, workspace_id=workspace.id)
        return Registered(id=user.id, email=user.email, name=user.name, created_at=user.created_at)


class VerifyEmail:
    """POST /api/auth/verify-email: the token from the mail, once."""

    @operation("Verify an e-mail address", body=VerifyEmailRequest, returns=EmailVerified, auth="public")
    def on_post(self, body: VerifyEmailRequest) -> EmailVerified:
        if not verification.confirm(body.token):
            raise InvalidInput("This token is unknown, used or expired.", field="token")
        return EmailVerified()


class Login:
    """POST /api/auth/login: a session, as a cookie and as a token."""

    @operation("Sign in", body=LoginRequest, returns=LoggedIn, auth="public", threads="hashing")
    def on_post(self, body: LoginRequest, request: Request) -> Answer:
        user = signin.check(body.email, body.password, address=request.client_address)
        session = sessions.create(user.id)
        return Answer(
            body=LoggedIn(id=user.id, email=user.email, session_token=session.token),
            cookies=(identity.session_cookie(session),),
            headers={"Cache-Control": "no-store"},
        )


class Logout:
    """POST /api/auth/logout: the session ends here, whoever still has its token."""

    @operation("Sign out", returns=LoggedOut, auth="user")
    async def on_post(self, caller: Principal) -> Answer:
        assert caller.session_id is not None
        await pool("database").run(sessions.end, caller.session_id)
        identity.forget_session(caller.session_id)
        return Answer(body=LoggedOut(), cookies=(identity.clearing_cookie(),))
