"""The people of a workspace: who they are, what they may do, and how that changes.

OWNER is above ADMIN is above MEMBER. Nobody gives or takes what is above their own role, and an owner always remains.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from store.kit import db
from store.kit.errors import Conflict, Forbidden, NotFound

Role = Literal["OWNER", "ADMIN", "MEMBER"]
RANKS: dict[str, int] = {"MEMBER": 1, "ADMIN": 2, "OWNER": 3}


class Teammate(Struct, frozen=True, kw_only=True):
    """A person in a workspace."""

    id: str
    email: str
    name: str
    role: str
    joined_at: datetime


_SELECT = """
SELECT u.id, u.email, u.name, m.role, m.joined_at FROM member m JOIN users u ON u.id = m.user_id
 WHERE m.workspace_id = %s
"""


def listed(workspace_id: str, *, most: int) -> list[Teammate]:
    """The workspace's people, those who came first first; at most `most`."""
    found = db.rows(f"{_SELECT} ORDER BY m.joined_at, u.id LIMIT %s", (workspace_id, most))
    return [_teammate(row) for row in found]


def get(workspace_id: str, user_id: str, *, lock: bool = False) -> Teammate:
    """One of the workspace's people. Raises NotFound."""
    found = db.row(f"{_SELECT} AND m.user_id = %s{' FOR UPDATE OF m' if lock else ''}", (workspace_id, user_id))
    if found is None:
        raise NotFound("There is no such member.", id=user_id[:100])
    return _teammate(found)


def is_member(workspace_id: str, email: str) -> bool:
    """Whether the person with this (normal) address is in the workspace."""
    return db.row(f"{_SELECT} AND u.email = %s", (workspace_id, email)) is not None


def number(workspace_id: str) -> int:
    """How many people the workspace has."""
    found = db.row("SELECT count(*) FROM member WHERE workspace_id = %s", (workspace_id,))
    return int(found[0]) if found else 0


def addresses(workspace_id: str, *, at_least: Role, most: int = 50) -> list[str]:
    """The addresses of those with this role or a higher one, in their order; at most `most`."""
    roles = [role for role, rank in RANKS.items() if rank >= RANKS[at_least]]
    found = db.rows(
        "SELECT u.email FROM member m JOIN users u ON u.id = m.user_id"
        " WHERE m.workspace_id = %s AND m.role = ANY (%s) ORDER BY u.email LIMIT %s",
        (workspace_id, roles, most),
    )
    return [email for (email,) in found]


def change_role(workspace_id: str, user_id: str, role: Role, *, by: str) -> Teammate:
    """Give a person another role; `by` is the role of whoever does. Raises NotFound, Forbidden, Conflict."""
    with db.transaction():
        _lock(workspace_id)
        known = get(workspace_id, user_id, lock=True)
        _judge(known, by=by)
        if RANKS[role] > RANKS[by]:
            raise Forbidden("Only an owner can make owners.", code="role_too_low", role=role)
        if known.role == "OWNER" and role != "OWNER":
            _refuse_last_owner(workspace_id)
        db.rows("UPDATE member SET role = %s WHERE workspace_id = %s AND user_id = %s", (role, workspace_id, user_id))
        return get(workspace_id, user_id)


def remove(workspace_id: str, user_id: str, *, by: str) -> Teammate:
    """Take a person out of the workspace; who it was. Raises NotFound, Forbidden, Conflict."""
    with db.transaction():
        _lock(workspace_id)
        known = get(workspace_id, user_id, lock=True)
        _judge(known, by=by)
        if known.role == "OWNER":
            _refuse_last_owner(workspace_id)
        db.rows("DELETE FROM member WHERE workspace_id = %s AND user_id = %s", (workspace_id, user_id))
        return known


def _lock(workspace_id: str) -> None:
    """Changes of one workspace's people go one after the other, so that two owners cannot remove each other."""
    db.row("SELECT 1 FROM workspace WHERE id = %s FOR NO KEY UPDATE", (workspace_id,))


def _judge(known: Teammate, *, by: str) -> None:
    if RANKS[known.role] > RANKS[by]:
        raise Forbidden("Only an owner can change an owner.", code="role_too_low", role=known.role)


def _refuse_last_owner(workspace_id: str) -> None:
    found = db.row("SELECT count(*) FROM member WHERE workspace_id = %s AND role = 'OWNER'", (workspace_id,))
    if found and found[0] < 2:
        raise Conflict("A workspace needs an owner; make somebody else one first.", code="last_owner")


def _teammate(row: tuple[str, str, str, str, datetime]) -> Teammate:
    return Teammate(id=row[0], email=row[1], name=row[2], role=row[3], joined_at=row[4])
