"""Inviting somebody: the invitation and its letter happen together, and nobody's mailbox is filled with them."""

from __future__ import annotations

from datetime import timedelta

from pipelines.mail import queue
from store.accounts import attempts, invitations, members, users
from store.accounts import email as addresses
from store.accounts.invitations import Invitation
from store.kit.db import transaction
from store.kit.errors import QuotaExceeded


def send(workspace_id: str, email: str, *, role: str, invited_by: str | None) -> Invitation:
    """Invite an address and mail it. Raises InvalidInput for what is no address, Conflict, QuotaExceeded."""
    address = addresses.normal(email)
    for act, who in ((attempts.INVITATIONS_OF_WORKSPACE, workspace_id), (attempts.INVITATIONS_TO_ADDRESS, address)):
        if not attempts.take(act, who):
            raise QuotaExceeded("Too many invitations; wait before the next one.", retry_after=timedelta(minutes=10))
    with transaction():
        invited = invitations.invite(workspace_id, address, role=role, invited_by=invited_by)
        queue.invitation(invited, inviter=_inviter(workspace_id, invited_by))
    return invited


def _inviter(workspace_id: str, user_id: str | None) -> str:
    """Whom the letter names: the address of whoever invites, of an owner where a key does."""
    if user_id is not None:
        return users.get(user_id).email
    return next(iter(members.addresses(workspace_id, at_least="OWNER", most=1)), "Somebody")
