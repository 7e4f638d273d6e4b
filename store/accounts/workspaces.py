"""Workspaces and their members."""

from __future__ import annotations

from store.accounts.tables import PLANS, ROLES, Member, Workspace
from store.kit import clock
from store.kit.errors import InvalidInput, NotFound
from store.kit.ids import new_id


def create(*, name: str, owner_id: str, plan: str = "free") -> Workspace:
    """A new workspace with its owner; call it inside a transaction."""
    workspace = Workspace.create(id=new_id("workspace"), name=name, plan=plan, created_at=clock.utc_now())
    add_member(workspace.id, owner_id, role="OWNER")
    return workspace


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


def add_member(workspace_id: str, user_id: str, *, role: str) -> None:
    """Let a person in with a role of ROLES; who is in already keeps the role."""
    if role not in ROLES:
        raise InvalidInput(f"A role is one of {', '.join(ROLES)}.", field="role")
    Member.insert(workspace=workspace_id, user=user_id, role=role, joined_at=clock.utc_now()).on_conflict(
        action="IGNORE"
    ).execute()


def set_plan(workspace_id: str, plan: str) -> None:
    """Put a workspace on a plan of PLANS. Raises InvalidInput, NotFound."""
    if plan not in PLANS:
        raise InvalidInput(f"A plan is one of {', '.join(PLANS)}.", field="plan")
    if not Workspace.update(plan=plan).where(Workspace.id == workspace_id).execute():
        raise NotFound("There is no such workspace.")
