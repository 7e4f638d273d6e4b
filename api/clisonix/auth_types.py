"""Request and response types of /v1/auth."""

from __future__ import annotations

from api.kit.types import Snake


class LoginRequest(Snake):
    email: str
    password: str


class RefreshRequest(Snake):
    """The newest refresh token."""

    refresh_token: str


class Person(Snake):
    """`role` is `admin` for those who may change the workspace, else `member`."""

    id: str
    email: str
    role: str


class Refreshed(Snake):
    """`expires_in`: seconds that the access token lasts. The refresh token takes the place of the one that was sent."""

    access_token: str
    refresh_token: str
    expires_in: int


class LoggedIn(Refreshed):
    user: Person
