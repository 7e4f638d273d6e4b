"""Request and response types of /v1/ocean."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType, field

from api.kit.types import Snake
from pipelines.ocean.pipeline import Message, Options, SessionId


class ChatRequest(Snake):
    """A message. `session_id` is the caller's own; without one a session is begun."""

    message: Message
    session_id: SessionId | None = None
    options: Options = field(default_factory=Options)


class Completion(Snake):
    """An answer. `model` is `extractive` where none is configured: `note` says so, and `sources` are what was quoted."""

    response: str
    session_id: str
    tokens_used: int
    model: str
    sources: list[dict[str, Any]] | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Meta(Snake):
    """`latency_ms`: from the request to its answer."""

    latency_ms: int
    timestamp: str
