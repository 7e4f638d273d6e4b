"""The ocean pipeline as data, and how a message is submitted."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission
from store.kit.ids import new_id

WITHIN = timedelta(seconds=90)
LONGEST_MESSAGE = 16_000
MOST_TOKENS = 4096

Message = Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")]
SessionId = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,128}$")]


class Options(Struct, frozen=True, kw_only=True):
    """`max_tokens` bounds the answer. Without a model neither counts."""

    temperature: Annotated[float, Meta(ge=0, le=2)] = 0.7
    max_tokens: Annotated[int, Meta(ge=1, le=MOST_TOKENS)] = 1024


class OceanInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message in a session of `owner`, who is a person or a key."""

    message: Message
    session_id: SessionId
    owner: str
    options: Options = Options()


PIPELINE = Pipeline(
    name="ocean",
    title="Answer a message of a session",
    input=OceanInput,
    stages=(
        Stage(
            name="reply",
            lane="ask",
            run="pipelines.ocean.reply:run",
            attempts=2,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=100),
        ),
    ),
)


def submission(
    workspace_id: str,
    owner: str,
    message: str,
    *,
    session_id: str | None,
    options: Options,
    idempotency_key: str | None,
) -> Submission:
    """The wish for an answer. Messages of one session are answered one after the other."""
    session = session_id or new_id("chat")
    return Submission(
        workspace_id=workspace_id,
        pipeline=PIPELINE.name,
        input=OceanInput(message=message, session_id=session, owner=owner, options=options),
        surface="clisonix",
        concurrency_key=f"ocean:{hashlib.sha256(f'{owner} {session}'.encode()).hexdigest()[:40]}",
        created_by=owner,
        idempotency_key=idempotency_key,
    )
