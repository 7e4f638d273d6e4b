"""Request and response types of /v1/users."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Snake

HttpsUrl = Annotated[str, Meta(pattern=r"^https?://[^\s/]\S*$(?!\s)", max_length=2048)]


class CurrentUser(Snake):
    """`role` is `admin` for those who may change the workspace, else `member`."""

    id: str
    email: str
    name: str
    avatar_url: str | None
    role: str
    plan: str
    created_at: str


class ChangeUser(Snake):
    """Fields to set; what is not sent stays as it is. `avatar_url` null takes the picture away."""

    name: str | UnsetType = UNSET
    avatar_url: HttpsUrl | UnsetType | None = UNSET
