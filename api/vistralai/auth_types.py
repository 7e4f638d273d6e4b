"""Request and response types of /api/auth."""

from __future__ import annotations

from datetime import datetime

from api.kit.types import Camel


class RegisterRequest(Camel):
    """Who signs up; the workspace is called after the company, else after the person."""

    email: str
    password: str
    name: str
    company_name: str | None = None


class Registered(Camel):
    """The person who signed up."""

    id: str
    email: str
    name: str
    created_at: datetime


class LoginRequest(Camel):
    email: str
    password: str


class LoggedIn(Camel):
    """`session_token` is what the cookie holds; it works as a bearer token as well."""

    id: str
    email: str
    session_token: str


class LoggedOut(Camel):
    message: str = "Logged out successfully"


class VerifyEmailRequest(Camel):
    """The token from the mail."""

    token: str


class EmailVerified(Camel):
    verified: bool = True


class ResetPasswordRequest(Camel):
    """Whose password it is."""

    email: str


class ResetRequested(Camel):
    """The same answer whether or not somebody has the address."""

    message: str = "Password reset link sent to email"


class NewPassword(Camel):
    """The token from the mail, and the password from now on."""

    token: str
    password: str


class PasswordReset(Camel):
    message: str = "Password reset successfully"
