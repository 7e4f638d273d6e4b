"""/v1/users/me: the person who calls, or who stands behind the key."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.clisonix.auth import ROLES
from api.clisonix.users_types import ChangeUser, CurrentUser
from api.kit.identity import Principal
from api.kit.operation import operation
from store.accounts import users
from store.accounts.signup import checked_name
from store.accounts.tables import User
from store.kit.clock import rfc3339


class Me:
    """The caller's own profile."""

    @operation("Read the current user", returns=CurrentUser)
    def on_get(self, caller: Principal) -> CurrentUser:
        """With a key: whoever made it, while they are in the workspace, else its owner."""
        return _view(caller, _behind(caller))

    @operation("Change the current user", body=ChangeUser, returns=CurrentUser)
    def on_patch(self, caller: Principal, body: ChangeUser) -> CurrentUser:
        values: dict[str, Any] = {}
        if body.name is not UNSET:
            values["name"] = checked_name(body.name, field="name")
        if body.avatar_url is not UNSET:
            values["avatar_url"] = body.avatar_url
        return _view(caller, users.change(_behind(caller).id, **values))


def _behind(caller: Principal) -> User:
    return users.behind(caller.workspace_id, user_id=caller.user_id, key_id=caller.key_id)


def _view(caller: Principal, user: User) -> CurrentUser:
    return CurrentUser(
        id=user.id,
        email=user.email,
        name=user.name,
        avatar_url=user.avatar_url,
        role=ROLES[caller.role],
        plan=caller.plan,
        created_at=rfc3339(user.created_at),
    )
