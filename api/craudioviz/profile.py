"""/v1/user/profile: who calls, and what they have."""

from __future__ import annotations

from msgspec import UNSET

from api.craudioviz.profile_types import Profile
from api.kit.identity import Principal
from api.kit.operation import operation
from store.accounts import users
from store.credits import accounts


class UserProfile:
    """/v1/user/profile."""

    @operation("Get the profile of the person or of the key's maker", returns=Profile)
    def on_get(self, caller: Principal) -> Profile:
        """A key that nobody made, or whose maker is gone, stands for the workspace's owner."""
        person = users.behind(caller.workspace_id, user_id=caller.user_id, key_id=caller.key_id)
        account = accounts.look(caller.workspace_id, caller.mode)
        return Profile(
            id=person.id,
            email=person.email,
            plan=account.plan,
            credits=account.balance,
            sandbox=caller.is_test or UNSET,
        )
