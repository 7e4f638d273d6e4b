"""Request and response types of /api/team."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from api.kit.types import Camel

Invited = Literal["ADMIN", "MEMBER"]
Role = Literal["OWNER", "ADMIN", "MEMBER"]


class InviteTeammate(Camel):
    """`ADMIN` has full access and manages the team, `MEMBER` only looks."""

    email: Annotated[str, Meta(max_length=320, examples=["teammate@example.com"])]
    role: Invited = "MEMBER"


class ChangeRole(Camel):
    """Only an owner makes owners."""

    role: Role


class AcceptInvitation(Camel):
    """`token` is in the mail. Who has no account yet, or has not confirmed its address, chooses a `password`."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]
    name: Annotated[str, Meta(max_length=200)] | None = None
    password: Annotated[str, Meta(max_length=300)] | None = None


class InvitationView(Camel):
    id: str
    email: str
    role: Invited
    status: Literal["PENDING", "EXPIRED"]
    created_at: datetime
    expires_at: datetime


class MemberView(Camel):
    id: str
    email: str
    name: str
    role: Role
    joined_at: datetime


class TeamView(Camel):
    """All of them: those who are in, the first ones first, and those who are invited, the newest first."""

    members: list[MemberView]
    invitations: list[InvitationView]


class Changed(Camel):
    """Who has which role now, or will have it."""

    id: str
    email: str
    role: Role


class Accepted(Camel):
    """Sign in and send `X-Workspace-Id` to act in the workspace."""

    workspace_id: str
    user_id: str
    email: str
    role: Role
    success: bool = True


class Removed(Camel):
    id: str
    deleted: bool = True
