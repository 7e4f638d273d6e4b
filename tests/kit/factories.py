"""Valid rows of people and what they own, and the three who stand in most tests.

`owner` has a workspace, `colleague` is a member of it and of no other, `stranger` has one of their own.
Everything goes through the store, so `owner.token` and `make.key(…)` work against a running stack at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count

import pytest

from store.accounts import keys, passwords, sessions, users, workspaces
from store.accounts.key_text import Kind, Mode
from store.accounts.tables import User, Workspace
from store.kit.db import transaction

PASSWORD = "correct horse battery"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody signed in: `token` works as a bearer token and as the session cookie's value."""

    user: User
    workspace: Workspace
    session_id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Maker:
    """`make.user()`, `make.workspace()`, `make.key()`, `make.person()`: valid, and unlike any other."""

    def user(self, *, email: str | None = None, name: str = "Ada Test", password: str | None = PASSWORD) -> User:
        email = email or f"person{next(_numbers)}@example.com"
        return users.create(email=email, name=name, password_hash=_hash_of(password) if password else None)

    def workspace(self, *, owner: User | None = None, name: str = "Acme Corp", plan: str = "free") -> Workspace:
        with transaction():
            return workspaces.create(name=name, owner_id=(owner or self.user()).id, plan=plan)

    def key(self, workspace: Workspace | None = None, *, kind: Kind = "secret", mode: Mode = "live") -> str:
        """The text of a new key."""
        return keys.create((workspace or self.workspace()).id, name="Test key", kind=kind, mode=mode).text

    def person(self, *, plan: str = "free") -> Person:
        """Somebody signed in, with a workspace of their own."""
        user = self.user()
        return self.signed_in(user, self.workspace(owner=user, plan=plan))

    def colleague(self, workspace: Workspace, *, role: str = "MEMBER") -> Person:
        """Somebody signed in who is in this workspace only."""
        user = self.user()
        workspaces.add_member(workspace.id, user.id, role=role)
        return self.signed_in(user, workspace)

    def signed_in(self, user: User, workspace: Workspace) -> Person:
        session = sessions.create(user.id)
        return Person(user=user, workspace=workspace, session_id=session.id, token=session.token)


@lru_cache(maxsize=8)
def _hash_of(password: str) -> str:
    return passwords.hash_of(password)


@pytest.fixture
def make(services) -> Maker:
    return Maker()


@pytest.fixture
def owner(make: Maker) -> Person:
    return make.person()


@pytest.fixture
def colleague(make: Maker, owner: Person) -> Person:
    return make.colleague(owner.workspace)


@pytest.fixture
def stranger(make: Maker) -> Person:
    return make.person()
