"""/api/v1/auth/…: sign up, confirm the address by a mailed code, sign in, see oneself."""

from __future__ import annotations

from api.insydr.auth_types import (
    LoggedIn,
    LoginRequest,
    Profile,
    SignedUp,
    SignUpRequest,
    Verified,
    VerifyOtpRequest,
    account,
)
from api.kit.even import even_time
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from pipelines.mail import requests
from store.accounts import codes, sessions, signin, signup, users
from store.accounts.tables import User
from store.kit.errors import Forbidden, InvalidInput


class SignUp:
    """POST /api/v1/auth/signup."""

    @operation("Sign up; a code is mailed", body=SignUpRequest, returns=SignedUp, status=201, auth="public")
    async def on_post(self, body: SignUpRequest, request: Request) -> SignedUp:
        """Signing up again with an address that is not confirmed mails a new code. The answer, and its time, do not
        tell whether somebody has the address.
        """
        who = signup.applicant(email=body.email, name=body.full_name, company=None, name_field="full_name")
        async with even_time():
            await pool("hashing").run(requests.sign_up, who, body.password, address=request.client_address)
        return SignedUp(email=who.email)


class VerifyOtp:
    """POST /api/v1/auth/verify-otp."""

    @operation("Confirm an e-mail address by its code", body=VerifyOtpRequest, returns=Verified, auth="public")
    async def on_post(self, body: VerifyOtpRequest, request: Request) -> Verified:
        """A code has five tries in ten minutes; the refusal is the same whatever was wrong."""
        async with even_time():
            return await pool("database").run(_verify, body, request.client_address)


class Login:
    """POST /api/v1/auth/login."""

    @operation("Sign in", body=LoginRequest, returns=LoggedIn, auth="public", threads="hashing")
    def on_post(self, body: LoginRequest, request: Request) -> LoggedIn:
        user = signin.check(body.email, body.password, address=request.client_address)
        if user.verified_at is None:
            raise Forbidden(
                "Confirm your e-mail address first; sign up again to get a new code.", code="email_not_verified"
            )
        return LoggedIn(access_token=_token(user), user=account(user))


class Me:
    """GET /api/v1/auth/me."""

    @operation("See who is signed in", returns=Profile, auth="user")
    def on_get(self, caller: Principal) -> Profile:
        assert caller.user_id is not None
        user = users.get(caller.user_id)
        return Profile(
            id=user.id,
            email=user.email,
            full_name=user.name,
            email_verified=user.verified_at is not None,
            created_at=user.created_at,
        )


def _verify(body: VerifyOtpRequest, address: str) -> Verified:
    user = codes.spend(body.email, body.otp_code, address=address)
    if user is None:
        raise InvalidInput(
            "This code is wrong or no longer counts; sign up again for a new one.", code="invalid_otp", field="otp_code"
        )
    return Verified(access_token=_token(user), user=account(user))


def _token(user: User) -> str:
    return sessions.create(user.id).token
