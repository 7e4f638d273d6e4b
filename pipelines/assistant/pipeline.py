"""The assistant's pipeline as data, and how a message is submitted."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission

WITHIN = timedelta(seconds=90)
LONGEST_MESSAGE = 16_000

Message = Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")]


class AssistantInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message in a chat, or, without one, the first of a new chat. `owner` is a person or a key.

    `project_id` is where results go from now on; `sandbox`: by a test key, so what is started costs nothing.
    """

    message: Message
    owner: str
    chat_id: str | None = None
    project_id: str | None = None
    sandbox: bool = False


PIPELINE = Pipeline(
    name="assistant",
    title="Answer a message to the assistant",
    input=AssistantInput,
    stages=(
        Stage(
            name="reply",
            lane="ask",
            run="pipelines.assistant.reply:run",
            attempts=2,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=100),
        ),
    ),
)


def submission(workspace_id: str, wanted: AssistantInput, *, surface: str, idempotency_key: str | None) -> Submission:
    """The wish for a reply. Messages of one chat are answered one after the other."""
    return Submission(
        workspace_id=workspace_id,
        pipeline=PIPELINE.name,
        input=wanted,
        surface=surface,
        concurrency_key=f"chat:{wanted.chat_id}" if wanted.chat_id else None,
        created_by=wanted.owner,
        idempotency_key=idempotency_key,
        sandbox=wanted.sandbox,
    )
