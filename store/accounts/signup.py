"""Signing up: a person, their workspace and their ownership of it come to be together."""

from __future__ import annotations

from msgspec import Struct

from store.accounts import email as addresses
from store.accounts import users, workspaces
from store.accounts.tables import User, Workspace
from store.kit.errors import Conflict, InvalidInput, MissingField

LONGEST_NAME = 200


class Applicant(Struct, frozen=True):
    """A checked application: normal address, trimmed names."""

    email: str
    name: str
    workspace_name: str


def applicant(*, email: str, name: str, company: str | None, name_field: str = "name") -> Applicant:
    """Check what somebody typed; the workspace is called after the company, else after the person.

    Raises InvalidInput or MissingField naming the document's field.
    """
    address = addresses.normal(email)
    person = checked_name(name, field=name_field)
    return Applicant(
        email=address, name=person, workspace_name=checked_name(company, field="companyName") if company else person
    )


def refuse_taken(email: str) -> None:
    """Raise Conflict for an address that is taken, before any expensive work; `create` decides the races."""
    if users.find_by_email(email) is not None:
        raise Conflict("An account with this e-mail address exists already.", field="email")


def create(who: Applicant, *, password_hash: str) -> tuple[User, Workspace]:
    """The person and their workspace; call it inside a transaction. Raises Conflict when the address is taken."""
    user = users.create(email=who.email, name=who.name, password_hash=password_hash)
    return user, workspaces.create(name=who.workspace_name, owner_id=user.id)


def checked_name(text: str, *, field: str) -> str:
    """A name of a person or workspace, trimmed: 1 to 200 printable characters on one line."""
    name = text.strip()
    if not name:
        raise MissingField(f"{field} must not be empty.", field=field)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"{field} must be one line of at most {LONGEST_NAME} characters.", field=field)
    return name
