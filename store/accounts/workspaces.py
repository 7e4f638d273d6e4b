"""Workspaces and their members."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from store.accounts import slugs, users
from store.accounts.tables import PLANS, ROLES, Member, Workspace
from store.jobs import events
from store.kit import clock
from store.kit.db import transaction
from store.kit.errors import Conflict, InvalidInput, NotFound
from store.kit.ids import new_id

MOST = 100  # workspaces that a person can be in: far more than anyone has, and a list that fits one answer


class Membership(Struct, frozen=True):
    """A workspace, and what a person is in it."""

    workspace: Workspace
    role: str


def create(
    *, name: str, owner_id: str, plan: str = "free", timezone: str = "UTC", settings: dict[str, Any] | None = None
) -> Workspace:
    """A new workspace with its owner; call it inside a transaction. A slug that is taken gets an ending."""
    slug = slugs.slug_of(name)
    made = None
    while made is None:
        added = (
            Workspace.insert(
                id=new_id("workspace"),
                name=name,
                slug=slug,
                plan=plan,
                timezone=timezone,
                settings=settings or {},
                created_at=clock.utc_now(),
            )
            .on_conflict(conflict_target=[Workspace.slug], action="IGNORE")
            .returning(Workspace)
            .execute()
        )
        made = next(iter(added), None)
        slug = slugs.another(slugs.slug_of(name))
    add_member(made.id, owner_id, role="OWNER")
    return made


def get(workspace_id: str) -> Workspace:
    """The workspace with this id. Raises NotFound."""
    workspace = Workspace.get_or_none(Workspace.id == workspace_id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    return workspace


def of_user(user_id: str) -> list[Workspace]:
    """The workspaces a person is in, the one of longest standing first (index member_by_user)."""
    return list(
        Workspace.select(Workspace)
        .join(Member)
        .where(Member.user == user_id)
        .order_by(Member.joined_at, Member.workspace)
    )


def memberships(user_id: str) -> list[Membership]:
    """The workspaces a person is in with their role, the one of longest standing first (index member_by_user)."""
    found = (
        Member.select(Member, Workspace)
        .join(Workspace)
        .where(Member.user == user_id)
        .order_by(Member.joined_at, Member.workspace)
    )
    return [Membership(workspace=one.workspace, role=one.role) for one in found]


def change(workspace_id: str, **values: Any) -> Workspace:
    """Set columns of a workspace; its slug stays, for those who have it in a link. Raises NotFound."""
    if values:
        Workspace.update(**values).where(Workspace.id == workspace_id).execute()
    return get(workspace_id)


def refuse_one_more(user_id: str) -> None:
    """Raise Conflict when a person is in as many workspaces as anyone may be."""
    if Member.select().where(Member.user == user_id).count() >= MOST:
        raise Conflict(f"Nobody can be in more than {MOST} workspaces.", code="too_many_workspaces")


def remove(workspace_id: str) -> bool:
    """Delete a workspace with its members, keys and webhooks; False when there is none."""
    return bool(Workspace.delete().where(Workspace.id == workspace_id).execute())


def add_member(workspace_id: str, user_id: str, *, role: str) -> None:
    """Let a person in with a role of ROLES, and tell the workspace's log; who is in already keeps the role."""
    if role not in ROLES:
        raise InvalidInput(f"A role is one of {', '.join(ROLES)}.", field="role")
    with transaction():
        added = (
            Member.insert(workspace=workspace_id, user=user_id, role=role, joined_at=clock.utc_now())
            .on_conflict(action="IGNORE")
            .returning(Member.user)
            .execute()
        )
        if list(added):
            person = {"user_id": user_id, "email": users.get(user_id).email}
            events.tell(workspace_id, "user.created", person)


def set_plan(workspace_id: str, plan: str) -> None:
    """Put a workspace on a plan of PLANS. Raises InvalidInput, NotFound."""
    if plan not in PLANS:
        raise InvalidInput(f"A plan is one of {', '.join(PLANS)}.", field="plan")
    if not Workspace.update(plan=plan).where(Workspace.id == workspace_id).execute():
        raise NotFound("There is no such workspace.")
