"""Query and response types of a workspace's conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from api.kit.paging import Limit
from api.kit.types import Snake
from store.agents.conversations import Feedback
from store.kit import cursor


class ListConversations(Snake):
    """`agent_id`: one agent's. `escalated=true`: those in which a person was asked for."""

    agent_id: str | None = None
    escalated: bool = False
    limit: Limit = 50
    cursor: Annotated[str, Meta(max_length=cursor.MAX_LENGTH)] | None = None


class ListedConversation(Snake):
    """`email` is what the visitor left, `question_count` how often they wrote."""

    id: str
    agent_id: str
    agent_name: str
    session_id: str
    page_url: str | None
    email: str | None
    question_count: int
    started_at: datetime
    last_message_at: datetime
    escalated_at: datetime | None


class ConversationList(Snake):
    """The latest first; `next_cursor` is null on the last page."""

    conversations: list[ListedConversation]
    next_cursor: str | None


class SaidView(Snake):
    """A question and its answer; what an answer has is null while there is none. `answered`: it was not the fallback."""

    message_id: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    answered: bool | None
    confidence: float | None
    sources: list[dict[str, Any]]
    feedback_type: Feedback | None
    feedback_comment: str | None


class EscalationView(Snake):
    """A call for a person, in the visitor's words."""

    id: str
    email: str | None
    message: str | None
    created_at: datetime


class ConversationView(ListedConversation):
    """`messages` in order, of a very long conversation the end."""

    messages: list[SaidView]
    escalations: list[EscalationView]
