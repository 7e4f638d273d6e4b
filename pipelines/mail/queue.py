"""Queueing letters: call these inside the transaction that a letter is about, and both happen or neither."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.mail.pipeline import PIPELINE, Mail
from store.accounts import codes, one_time, workspaces
from store.accounts.invitations import Invitation
from store.accounts.tables import User
from store.kit.settings import settings

ALERTS = {
    "COST_SPIKE": ("daily cost", "Today's runs cost {actual} dollars so far; the threshold is {threshold} dollars."),
    "HIGH_ERROR_RATE": ("error rate", "{actual} % of the runs failed; the threshold is {threshold} %."),
    "SLOW_RESPONSE": ("slow answers", "Runs took {actual} ms on average; the threshold is {threshold} ms."),
}
"""What a letter says of each type of alert: in its subject, and in a sentence."""
REASONS = {
    "gone": "its receiver answered 410 Gone",
    "failing": "every delivery to it has failed for days",
}


def verification(user: User, *, workspace_id: str) -> None:
    """Ask a person to show that the address is theirs; a link that was sent earlier ends."""
    lifetime = timedelta(hours=settings().accounts.verify_hours)
    token_id = one_time.issue(user.id, "verify_email", lifetime=lifetime)
    _submit(Mail(template="verify_email", to=user.email, token_id=token_id), workspace_id)


def code(user: User, *, is_contested: bool) -> None:
    """Mail a person the code that shows the address to be theirs; one that was sent earlier ends."""
    code_id = codes.issue(user.id, is_contested=is_contested)
    _submit(Mail(template="confirm_code", to=user.email, token_id=code_id), _place(user))


def already_registered(user: User) -> None:
    """Tell a person that somebody wanted to sign up with their address."""
    _submit(Mail(template="already_registered", to=user.email), _place(user))


def new_password(user: User) -> None:
    """Mail a person the link that sets a new password; one that was sent earlier ends."""
    lifetime = timedelta(minutes=settings().accounts.reset_minutes)
    token_id = one_time.issue(user.id, "reset_password", lifetime=lifetime)
    _submit(Mail(template="reset_password", to=user.email, token_id=token_id), _place(user))


def refresh_reused(user: User) -> None:
    """Tell a person that a session of theirs was ended because its refresh token was used twice."""
    _submit(Mail(template="refresh_reused", to=user.email), _place(user))


def webhook_disabled(address: str, webhook_id: str, *, reason: str, workspace_id: str) -> None:
    """Tell an owner that nothing more is sent to a webhook; `reason` is gone or failing."""
    words = {"webhook_id": webhook_id, "reason": REASONS[reason]}
    _submit(Mail(template="webhook_disabled", to=address, words=words), workspace_id)


def escalation(
    address: str, conversation_id: str, *, agent: str, email: str | None, message: str | None, workspace_id: str
) -> None:
    """Tell somebody of the workspace that a visitor asks for a person, in the visitor's own words."""
    words = {
        "conversation_id": conversation_id,
        "agent": agent,
        "email": email or "(none was left)",
        "message": message or "(nothing)",
        "reply": "Answer this letter to write to them." if email else "Nobody can write to them.",
    }
    _submit(Mail(template="escalation", to=address, words=words, reply_to=email or ""), workspace_id)


def alert_triggered(
    address: str, alert_id: str, *, kind: str, threshold: float, actual: float, workspace_id: str
) -> None:
    """Tell somebody that an alert of this type has passed its threshold."""
    headline, sentence = ALERTS[kind]
    told = sentence.format(actual=f"{actual:,.2f}", threshold=f"{threshold:,.12g}")
    words = {"alert_id": alert_id, "headline": headline, "sentence": told}
    _submit(Mail(template="alert_triggered", to=address, words=words), workspace_id)


def invitation(invited: Invitation, *, inviter: str) -> None:
    """Invite an address into a workspace; `inviter` is the address of whoever does, or of an owner."""
    words = {"inviter": inviter, "role": invited.role.lower(), "days": f"{settings().accounts.invitation_hours / 24:g}"}
    mail = Mail(template="invitation", to=invited.email, token_id=invited.id, words=words)
    _submit(mail, invited.workspace_id)


def _place(user: User) -> str:
    """The workspace that a person's own letters count in; somebody in none has a place of their own."""
    return next((one.id for one in workspaces.of_user(user.id)), user.id)


def _submit(mail: Mail, workspace_id: str) -> None:
    submit_in_transaction(
        Submission(workspace_id=workspace_id, pipeline=PIPELINE.name, input=msgspec.to_builtins(mail))
    )
