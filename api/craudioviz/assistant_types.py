"""What /v1/ai/chat takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from api.kit.types import Snake
from pipelines.assistant.pipeline import Message


class ChatContext(Snake):
    """`project_id` is where results go from now on."""

    project_id: str | None = None


class BeginChat(Snake):
    message: Message
    context: ChatContext | None = None


class ContinueChat(BeginChat):
    """`context` may change it in the middle of a chat."""


class Reply(Snake):
    """`tool` is the one talked about, `job_id` the job that this message started, `note` what was degraded."""

    reply: str
    suggestions: list[str]
    chat_id: str
    tool: str | UnsetType = UNSET
    job_id: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class SaidView(Snake):
    """One side of the chat. `suggestions` and `job_id` came with a reply."""

    role: Literal["user", "assistant"]
    content: str
    created_at: str
    suggestions: Any = UNSET
    job_id: Any = UNSET


class History(Snake):
    """All that was said, oldest first; of a long chat the newest 1,000."""

    chat_id: str
    messages: list[SaidView]
    created_at: str
    updated_at: str
