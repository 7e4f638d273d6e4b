"""Invitations: an address may join a workspace, once, by the token that was mailed to it.

The token shows that whoever has it reads the address's mail. So it confirms the address as well, and an account that
somebody else may have made with it is taken from them (docs/decisions/0004 says why).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from store.accounts import codes, logins, members, sessions, tokens, users, workspaces
from store.accounts.signup import checked_name
from store.accounts.tables import User
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Conflict, InvalidInput, MissingField, NotFound
from store.kit.ids import is_id, new_id
from store.kit.settings import settings

KEPT = timedelta(days=30)  # an invitation that has expired is still shown for so long
_COLUMNS = "i.id, i.workspace_id, i.email, i.role, i.created_at, i.expires_at"


class Invitation(Struct, frozen=True, kw_only=True):
    """Who may join what, with which role, until when. Its token is made again from its id."""

    id: str
    workspace_id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.expires_at > utc_now()


class Joined(Struct, frozen=True):
    """Who joined which workspace, with which role."""

    user: User
    workspace_id: str
    role: str


def invite(workspace_id: str, email: str, *, role: str, invited_by: str | None) -> Invitation:
    """Invite a (normal) address; an earlier invitation of it ends. In the caller's transaction.

    Raises Conflict when it is a member already, or the workspace has as many people as it may.
    """
    db.row("SELECT 1 FROM workspace WHERE id = %s FOR NO KEY UPDATE", (workspace_id,))  # who counts, counts alone
    if members.is_member(workspace_id, email):
        raise Conflict("This person is in the workspace already.", code="already_member", field="email")
    most = settings().accounts.max_members
    if members.number(workspace_id) + _waiting(workspace_id, besides=email) >= most:
        raise Conflict(f"A workspace has at most {most} people.", code="too_many_members", limit=most)
    now, invitation_id = utc_now(), new_id("invitation")
    lasts = timedelta(hours=settings().accounts.invitation_hours)
    found = db.row(
        f"INSERT INTO invitation AS i (id, workspace_id, email, role, token_sha256, invited_by, created_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT invitation_once DO UPDATE"
        " SET id = excluded.id, role = excluded.role, token_sha256 = excluded.token_sha256,"
        "     invited_by = excluded.invited_by, created_at = excluded.created_at, expires_at = excluded.expires_at"
        f" RETURNING {_COLUMNS}",
        (invitation_id, workspace_id, email, role, tokens.sha256(tokens.one_time_token(invitation_id)), invited_by, now,
         now + lasts),
    )  # fmt: skip
    return _invitation(found)


def listed(workspace_id: str, *, most: int) -> list[Invitation]:
    """The workspace's invitations, the newest first (invitation_once)."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM invitation i WHERE workspace_id = %s ORDER BY created_at DESC, id LIMIT %s",
        (workspace_id, most),
    )
    return [_invitation(row) for row in found]


def change_role(workspace_id: str, invitation_id: str, role: str) -> Invitation:
    """Invite with another role; the mailed link stays. Raises NotFound."""
    found = db.row(
        f"UPDATE invitation i SET role = %s WHERE workspace_id = %s AND id = %s RETURNING {_COLUMNS}",
        (role, workspace_id, invitation_id),
    )
    if found is None:
        raise _unknown(invitation_id)
    return _invitation(found)


def withdraw(workspace_id: str, invitation_id: str) -> None:
    """The mailed link no longer works. Raises NotFound."""
    gone = is_id("invitation", invitation_id) and db.row(
        "DELETE FROM invitation WHERE workspace_id = %s AND id = %s RETURNING 1", (workspace_id, invitation_id)
    )
    if not gone:
        raise _unknown(invitation_id)


def find(token: str) -> Invitation | None:
    """The open invitation that this token accepts, if any."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM invitation i WHERE token_sha256 = %s AND expires_at > %s",
        (tokens.sha256(token), utc_now()),
    )
    return _invitation(found) if found else None


def needs_password(invited: Invitation) -> bool:
    """Whether nobody has shown yet that the address is theirs: then a password belongs to the acceptance."""
    user = users.find_by_email(invited.email)
    return user is None or user.verified_at is None


def accept(token: str, *, name: str | None, password_hash: str | None) -> Joined:
    """Use the token up: its address is in the workspace.

    Raises InvalidInput for a token that does not count, MissingField where `needs_password` and there is none, Conflict
    for somebody who is in too many workspaces.
    """
    with db.transaction():
        found = db.row(
            f"DELETE FROM invitation i WHERE token_sha256 = %s AND expires_at > %s RETURNING {_COLUMNS}",
            (tokens.sha256(token), utc_now()),
        )
        if found is None:
            raise refused()
        invited = _invitation(found)
        if needs_password(invited) and password_hash is None:
            raise MissingField(
                "`password` is required: this address has no account yet, or has not confirmed it.", field="password"
            )
        user = _owner_of(invited.email, name=name, password_hash=password_hash)
        workspaces.refuse_one_more(user.id)
        workspaces.add_member(invited.workspace_id, user.id, role=invited.role)
        return Joined(user, invited.workspace_id, members.get(invited.workspace_id, user.id).role)


def prune(*, limit: int) -> int:
    """Delete invitations that expired long ago, at most `limit` (invitation_age); how many."""
    gone = db.rows(
        "DELETE FROM invitation WHERE id = ANY (ARRAY("
        "SELECT id FROM invitation WHERE expires_at < %s ORDER BY expires_at LIMIT %s)) RETURNING 1",
        (utc_now() - KEPT, limit),
    )
    return len(gone)


def refused() -> InvalidInput:
    """What is said of a token that does not count."""
    return InvalidInput("This invitation is unknown, withdrawn, used or expired.", field="token")


def _owner_of(email: str, *, name: str | None, password_hash: str | None) -> User:
    """The person who reads this address's mail, as of now."""
    user = users.find_by_email(email)
    if user is None:
        user = users.create(
            email=email, name=checked_name(name or email.partition("@")[0], field="name"), password_hash=password_hash
        )
    elif user.verified_at is None:
        codes.turn_everyone_out(user.id)
        users.replace_password(user.id, password_hash)
        sessions.end_all(user.id)
        logins.forget_account(email)
    users.mark_verified(user.id)
    return user


def _waiting(workspace_id: str, *, besides: str) -> int:
    found = db.row(
        "SELECT count(*) FROM invitation WHERE workspace_id = %s AND email <> %s AND expires_at > %s",
        (workspace_id, besides, utc_now()),
    )
    return int(found[0]) if found else 0


def _unknown(invitation_id: str) -> NotFound:
    return NotFound("There is no such invitation.", id=invitation_id[:100])


def _invitation(row: Any) -> Invitation:
    return Invitation(**dict(zip(Invitation.__struct_fields__, row, strict=True)))
