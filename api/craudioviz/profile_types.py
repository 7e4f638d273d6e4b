"""What /v1/user/profile gives."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from api.kit.types import Snake


class Profile(Snake):
    """The person who signed in, or whose key this is; `credits` are their workspace's."""

    id: str
    email: str
    plan: str
    credits: int
    sandbox: bool | UnsetType = UNSET
