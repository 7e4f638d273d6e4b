"""The mail pipeline: internal, so it is not listed and emits no events."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from pipelines.engine.pipeline import Pipeline, Stage

Template = Literal[
    "alert_triggered",
    "already_registered",
    "confirm_code",
    "escalation",
    "invitation",
    "refresh_reused",
    "reset_password",
    "verify_email",
    "webhook_disabled",
]


class Mail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One letter: which template, to whom, the id of the token or code that it carries, and words for it.

    `words` are ours (ids and reasons), never what a stranger typed; but for an escalation, which goes to the people of
    the workspace that the stranger wrote to, and is answered to `reply_to`.
    """

    template: Template
    to: str
    token_id: str = ""
    words: dict[str, str] = {}
    reply_to: str = ""


PIPELINE = Pipeline(
    name="mail",
    title="Mail",
    description="Writes a letter from its template and sends it, or keeps it as a file.",
    input=Mail,
    internal=True,
    stages=(
        Stage(
            name="send",
            lane="quick",
            run="pipelines.mail.send:run",
            # A mail server that is down or asks for patience gets two hours.
            attempts=8,
            backoff=timedelta(minutes=1),
            backoff_limit=timedelta(hours=1),
            deadline=timedelta(minutes=2),
        ),
    ),
)
