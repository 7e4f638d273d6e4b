"""/api/team: who shares a workspace's analytics; invitations by mail."""

from __future__ import annotations

from typing import Any

from api.kit import identity
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.threads import pool
from api.runs.team_types import (
    Accepted,
    AcceptInvitation,
    Changed,
    ChangeRole,
    InvitationView,
    InviteTeammate,
    MemberView,
    Removed,
    TeamView,
)
from pipelines.mail import invitations as inviting
from store.accounts import invitations, members, passwords
from store.kit import ids
from store.kit.errors import Forbidden, InvalidInput
from store.kit.settings import settings


class Team:
    """The team."""

    @operation("Invite somebody by mail", body=InviteTeammate, returns=InvitationView, status=201, role="ADMIN")
    def on_post(self, caller: Principal, body: InviteTeammate) -> InvitationView:
        """Inviting an address once more sends a new link and ends the one before."""
        made = inviting.send(caller.workspace_id, body.email, role=body.role, invited_by=caller.user_id)
        return _invitation(made)

    @operation("See who is in the workspace and who is invited", returns=TeamView)
    def on_get(self, caller: Principal) -> TeamView:
        most = 2 * settings().accounts.max_members  # some are expired, or were there before the number was lowered
        return TeamView(
            members=[_member(one) for one in members.listed(caller.workspace_id, most=most)],
            invitations=[_invitation(one) for one in invitations.listed(caller.workspace_id, most=most)],
        )


class Teammate:
    """A member, by the id of the person, or an invitation by its own."""

    @operation("Change a role", body=ChangeRole, returns=Changed, role="ADMIN")
    async def on_patch(self, caller: Principal, body: ChangeRole, member_id: str) -> Changed:
        """Only an owner makes owners, or changes one; an owner always remains."""
        run = pool("database").run
        if ids.is_id("invitation", member_id):
            if body.role == "OWNER":
                raise InvalidInput("Nobody is invited as an owner; make them one when they are here.", field="role")
            changed = await run(invitations.change_role, caller.workspace_id, member_id, body.role)
            return Changed(id=changed.id, email=changed.email, role=body.role)
        known = await run(members.change_role, caller.workspace_id, member_id, body.role, by=caller.role)
        identity.forget_user(member_id)
        return Changed(id=known.id, email=known.email, role=body.role)

    @operation("Remove a member, or withdraw an invitation", returns=Removed, role="ADMIN")
    async def on_delete(self, caller: Principal, member_id: str) -> Removed:
        """The workspace's keys stay, whoever made them: revoke those that a person knows as well."""
        if ids.is_id("invitation", member_id):
            await pool("database").run(invitations.withdraw, caller.workspace_id, member_id)
        else:
            await pool("database").run(members.remove, caller.workspace_id, member_id, by=caller.role)
            identity.forget_user(member_id)
        return Removed(id=member_id)


class Leave:
    """Oneself."""

    @operation("Leave the workspace", returns=Removed, auth="user")
    async def on_post(self, caller: Principal) -> Removed:
        """Its last owner cannot."""
        if caller.user_id is None or not caller.workspace_id:
            raise Forbidden("You are in no workspace.", code="no_workspace")
        await pool("database").run(members.remove, caller.workspace_id, caller.user_id, by=caller.role)
        identity.forget_user(caller.user_id)
        return Removed(id=caller.user_id)


class Acceptance:
    """What an invitation is for."""

    @operation("Accept an invitation", body=AcceptInvitation, returns=Accepted, auth="public", threads="hashing")
    def on_post(self, body: AcceptInvitation) -> Answer:
        """The token shows that one reads the address's mail, so no sign-in is needed; it gives none either."""
        joined = accept(body.token, name=body.name, password=body.password)
        told = Accepted(
            workspace_id=joined.workspace_id, user_id=joined.user.id, email=joined.user.email, role=joined.role
        )
        return Answer(body=told)


def accept(token: str, *, name: str | None, password: str | None) -> Any:
    """Join the workspace. Slow on purpose where a password is set, but not for a token that does not count."""
    invited = invitations.find(token)
    if invited is None:
        raise invitations.refused()
    hashed = None
    if password is not None and invitations.needs_password(invited):
        passwords.check_acceptable(password)
        hashed = passwords.hash_of(password)
    return invitations.accept(token, name=name, password_hash=hashed)


def _member(one: Any) -> MemberView:
    return MemberView(id=one.id, email=one.email, name=one.name, role=one.role, joined_at=one.joined_at)


def _invitation(one: Any) -> InvitationView:
    return InvitationView(
        id=one.id,
        email=one.email,
        role=one.role,
        status="PENDING" if one.is_open else "EXPIRED",
        created_at=one.created_at,
        expires_at=one.expires_at,
    )
