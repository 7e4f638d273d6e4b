"""Queueing letters: call these inside the transaction that a letter is about, and both happen or neither."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.mail.pipeline import PIPELINE, Mail
from store.accounts import one_time
from store.accounts.tables import User
from store.kit.settings import settings

REASONS = {
    "gone": "its receiver answered 410 Gone",
    "failing": "every delivery to it has failed for days",
}


def verification(user: User, *, workspace_id: str) -> None:
    """Ask a person to show that the address is theirs; a link that was sent earlier ends."""
    lifetime = timedelta(hours=settings().accounts.verify_hours)
    token_id = one_time.issue(user.id, "verify_email", lifetime=lifetime)
    _submit(Mail(template="verify_email", to=user.email, token_id=token_id), workspace_id)


def webhook_disabled(address: str, webhook_id: str, *, reason: str, workspace_id: str) -> None:
    """Tell an owner that nothing more is sent to a webhook; `reason` is gone or failing."""
    words = {"webhook_id": webhook_id, "reason": REASONS[reason]}
    _submit(Mail(template="webhook_disabled", to=address, words=words), workspace_id)


def _submit(mail: Mail, workspace_id: str) -> None:
    submit_in_transaction(
        Submission(workspace_id=workspace_id, pipeline=PIPELINE.name, input=msgspec.to_builtins(mail))
    )
