"""Request and response types of /api/v1/auth."""

from __future__ import annotations

from datetime import datetime

from api.kit.types import Snake
from store.accounts import codes
from store.accounts.tables import User


class SignUpRequest(Snake):
    email: str
    password: str
    full_name: str


class SignedUp(Snake):
    """The same answer for every address."""

    email: str
    message: str = "Account created. Verify email with OTP."
    expires_in_minutes: int = int(codes.LIFETIME.total_seconds() // 60)


class LoginRequest(Snake):
    email: str
    password: str


class VerifyOtpRequest(Snake):
    """The six digits of the newest mail."""

    email: str
    otp_code: str


class Account(Snake):
    id: str
    email: str
    full_name: str
    created_at: datetime


class Profile(Snake):
    id: str
    email: str
    full_name: str
    email_verified: bool
    created_at: datetime


class Verified(Snake):
    access_token: str
    user: Account


class LoggedIn(Snake):
    access_token: str
    user: Account
    token_type: str = "bearer"  # noqa: S105 - a kind of token


def account(user: User) -> Account:
    """A person as this contract shows them."""
    return Account(id=user.id, email=user.email, full_name=user.name, created_at=user.created_at)
