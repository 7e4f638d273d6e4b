"""/api/v1/workspaces: make, list, see, change, delete."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.insydr.workspace_types import (
    TIERS,
    ChangeWorkspace,
    CreatedWorkspace,
    CreateWorkspace,
    ListedWorkspace,
    Message,
    WorkspaceList,
    WorkspaceView,
    view,
)
from api.kit.identity import Principal
from api.kit.operation import operation
from pipelines.removal import queue
from store.accounts import workspace_details, workspaces
from store.accounts.signup import checked_name
from store.accounts.tables import Workspace
from store.accounts.workspaces import Membership
from store.agents import analytics
from store.kit.db import transaction


class Workspaces:
    """/api/v1/workspaces."""

    @operation("Make a workspace", body=CreateWorkspace, returns=CreatedWorkspace, status=201, auth="user")
    def on_post(self, caller: Principal, body: CreateWorkspace) -> CreatedWorkspace:
        assert caller.user_id is not None
        name = checked_name(body.name, field="name")
        zone, settings = workspace_details.timezone(body.timezone), workspace_details.settings(body.settings)
        workspaces.refuse_one_more(caller.user_id)
        with transaction():
            made = workspaces.create(name=name, owner_id=caller.user_id, timezone=zone, settings=settings)
        return CreatedWorkspace(
            id=made.id,
            name=made.name,
            slug=made.slug,
            owner_id=caller.user_id,
            subscription_tier=TIERS[made.plan],
            created_at=made.created_at,
        )

    @operation("List one's workspaces", returns=WorkspaceList, auth="account")
    def on_get(self, caller: Principal) -> WorkspaceList:
        """A person's, the one of longest standing first; a secret key has one."""
        memberships = _memberships(caller)
        held = analytics.holdings([one.workspace.id for one in memberships])
        found = [
            ListedWorkspace(
                id=one.workspace.id,
                name=one.workspace.name,
                slug=one.workspace.slug,
                role=one.role,
                agent_count=held[one.workspace.id].agents,
                document_count=held[one.workspace.id].documents,
            )
            for one in memberships
        ]
        return WorkspaceList(workspaces=found, total=len(found))


class OneWorkspace:
    """/api/v1/workspaces/{workspace_id}."""

    @operation("See a workspace", returns=WorkspaceView)
    def on_get(self, workspace_id: str) -> WorkspaceView:
        return _view(workspaces.get(workspace_id))

    @operation("Change a workspace", body=ChangeWorkspace, returns=WorkspaceView, role="ADMIN")
    def on_patch(self, workspace_id: str, body: ChangeWorkspace) -> WorkspaceView:
        values: dict[str, Any] = {}
        if body.name is not UNSET:
            values["name"] = checked_name(body.name, field="name")
        if body.logo_url is not UNSET:
            values["logo_url"] = workspace_details.logo_url(body.logo_url)
        if body.timezone is not UNSET:
            values["timezone"] = workspace_details.timezone(body.timezone)
        if body.settings is not UNSET:
            values["settings"] = workspace_details.settings(body.settings)
        return _view(workspaces.change(workspace_id, **values))

    @operation("Delete a workspace", returns=Message, role="OWNER")
    def on_delete(self, workspace_id: str) -> Message:
        """Its members, keys and webhooks go at once, its jobs are cancelled and its data goes soon after."""
        queue.delete_workspace(workspace_id)
        return Message(message="Workspace deleted successfully")


def _view(workspace: Workspace) -> WorkspaceView:
    return view(workspace, analytics.holdings([workspace.id])[workspace.id])


def _memberships(caller: Principal) -> list[Membership]:
    if caller.user_id is not None:
        return workspaces.memberships(caller.user_id)
    return [Membership(workspace=workspaces.get(caller.workspace_id), role=caller.role)]
