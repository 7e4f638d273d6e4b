"""POST /api/auth/…: sign up, show that an address is one's own, sign in, sign out, set a new password by mail."""

from __future__ import annotations

from api.kit import identity
from api.kit.answer import Answer
from api.kit.even import even_time
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.vistralai.auth_types import (
    EmailVerified,
    LoggedIn,
    LoggedOut,
    LoginRequest,
    NewPassword,
    PasswordReset,
    Registered,
    RegisterRequest,
    ResetPasswordRequest,
    ResetRequested,
    VerifyEmailRequest,
)
from pipelines.mail import queue, requests
from store.accounts import attempts, passwords, reset, sessions, signin, signup, verification
from store.kit.db import transaction
from store.kit.errors import InvalidInput


class Register:
    """POST /api/auth/register: a person, their workspace, and a mail that asks whether the address is theirs."""

    @operation("Sign up", body=RegisterRequest, returns=Registered, status=201, auth="public", threads="hashing")
    def on_post(self, body: RegisterRequest, request: Request) -> Registered:
        who = signup.applicant(email=body.email, name=body.name, company=body.company_name)
        passwords.check_acceptable(body.password)
        attempts.take_from(attempts.SIGN_UPS_FROM_ADDRESS, request.client_address)
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


class ResetPassword:
    """POST /api/auth/reset-password: a link by mail, if somebody has the address."""

    @operation(
        "Ask for a link that sets a new password", body=ResetPasswordRequest, returns=ResetRequested, auth="public"
    )
    async def on_post(self, body: ResetPasswordRequest, request: Request) -> ResetRequested:
        """The answer and its time are the same for every address."""
        async with even_time():
            await pool("database").run(requests.new_password, body.email, address=request.client_address)
        return ResetRequested()


class ConfirmResetPassword:
    """POST /api/auth/reset-password/confirm: the token from the mail, once. Every session of the person ends."""

    @operation("Set a new password", body=NewPassword, returns=PasswordReset, auth="public")
    async def on_post(self, body: NewPassword) -> PasswordReset:
        user_id = await pool("hashing").run(reset.with_password, body.token, body.password)
        identity.forget_user(user_id)
        return PasswordReset()


class Logout:
    """POST /api/auth/logout: the session ends here, whoever still has its token."""

    @operation("Sign out", returns=LoggedOut, auth="user")
    async def on_post(self, caller: Principal) -> Answer:
        assert caller.session_id is not None
        await pool("database").run(sessions.end, caller.session_id)
        identity.forget_session(caller.session_id)
        return Answer(body=LoggedOut(), cookies=(identity.clearing_cookie(),))
