"""People: one row per e-mail address."""

from __future__ import annotations

from typing import Any

from store.accounts.tables import ApiKey, Member, User, Workspace
from store.jobs import events
from store.kit import clock
from store.kit.db import transaction
from store.kit.errors import Conflict, NotFound
from store.kit.ids import new_id


def create(*, email: str, name: str, password_hash: str | None) -> User:
    """A new person. Raises Conflict when the (normal) address is taken, also by one who signs up just now."""
    added = (
        User.insert(id=new_id("user"), email=email, name=name, password_hash=password_hash, created_at=clock.utc_now())
        .on_conflict(conflict_target=[User.email], action="IGNORE")
        .returning(User)
        .execute()
    )
    for user in added:
        return user
    raise Conflict("An account with this e-mail address exists already.", field="email")


def get(user_id: str) -> User:
    """The person with this id. Raises NotFound."""
    user = User.get_or_none(User.id == user_id)
    if user is None:
        raise NotFound("There is no such person.")
    return user


def get_by_email(email: str) -> User:
    """The person with this normal address. Raises NotFound."""
    user = find_by_email(email)
    if user is None:
        raise NotFound(f"Nobody has an account under {email}.")
    return user


def find_by_email(email: str) -> User | None:
    """The person with this normal address, if any."""
    return User.get_or_none(User.email == email)


def behind(workspace_id: str, *, user_id: str | None, key_id: str | None) -> User:
    """Who calls: the person, else a key's maker while a member, else the owner of longest standing. Raises NotFound."""
    if user_id is not None:
        return get(user_id)
    maker = ApiKey.select(ApiKey.created_by).where(ApiKey.id == key_id, ApiKey.workspace == workspace_id)
    found = (
        User.select(User)
        .join(Member)
        .where(Member.workspace == workspace_id, (Member.role == "OWNER") | (Member.user.in_(maker)))
        .order_by(Member.user.in_(maker).desc(), Member.joined_at, Member.user)
        .first()
    )
    if found is None:
        raise NotFound("There is no such person.")
    return found


def set_password_hash(user_id: str, *, old: str | None, new: str) -> bool:
    """Replace a hash by one with today's parameters; False when it was changed meanwhile."""
    changed = User.update(password_hash=new).where(User.id == user_id, User.password_hash == old).execute()
    return bool(changed)


def replace_password(user_id: str, password_hash: str | None) -> None:
    """Give a person another password, or none until they set one by mail."""
    User.update(password_hash=password_hash).where(User.id == user_id).execute()


def change(user_id: str, **values: Any) -> User:
    """Set columns of a person, and tell the log of each workspace they are in. Raises NotFound."""
    with transaction():
        if values and User.update(**values).where(User.id == user_id).execute():
            user = get(user_id)
            for place in (
                Workspace.select(Workspace.id).join(Member).where(Member.user == user_id).order_by(Workspace.id)
            ):
                events.tell(place.id, "user.updated", {"user_id": user.id, "email": user.email})
        return get(user_id)


def mark_verified(user_id: str) -> None:
    """The address is this person's. Keeps the first time."""
    User.update(verified_at=clock.utc_now()).where(User.id == user_id, User.verified_at.is_null()).execute()


def set_operator(user_id: str, *, is_operator: bool) -> None:
    """Who may see and steer the whole installation. Raises NotFound."""
    if not User.update(is_operator=is_operator).where(User.id == user_id).execute():
        raise NotFound("There is no such person.")
