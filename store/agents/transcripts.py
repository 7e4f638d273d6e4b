"""Conversations as the people of the workspace read them: a list, and one whole with its calls for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from store.kit import db
from store.kit.errors import NotFound
from store.kit.ids import is_id

BEHIND_ALL = "conv_~"  # sorts after every id
MOST_EXCHANGES = 500  # of one conversation, the latest


class Conversation(Struct, frozen=True):
    """`session` is the visitor's page's own name for it; `questions` counts one side."""

    id: str
    agent_id: str
    agent_name: str
    session: str
    page_url: str | None
    email: str | None
    questions: int
    started_at: datetime
    last_at: datetime
    escalated_at: datetime | None


class Exchange(Struct, frozen=True):
    """A question and, once there is one, its answer."""

    id: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    is_answered: bool | None
    confidence: float | None
    sources: list[dict[str, Any]] | None
    feedback: str | None
    feedback_comment: str | None


class Call(Struct, frozen=True):
    """A visitor asked for a person."""

    id: str
    email: str | None
    message: str | None
    created_at: datetime


_SELECT = (
    "SELECT c.id, c.agent_id, a.name, c.session, c.page_url, c.email, c.exchanges, c.started_at, c.last_at, c.escalated_at"
    "  FROM conversation c JOIN agent a ON a.id = c.agent_id"
)


def page(
    workspace_id: str,
    *,
    limit: int,
    agent_id: str | None = None,
    is_escalated: bool = False,
    before_id: str | None = None,
) -> list[Conversation]:
    """The latest first (indexes conversation_by_workspace, conversation_by_agent, conversation_escalated)."""
    wanted, values = "c.workspace_id = %s AND c.id < %s", [workspace_id, before_id or BEHIND_ALL]
    if agent_id is not None:
        wanted, values = f"{wanted} AND c.agent_id = %s", [*values, agent_id]
    if is_escalated:
        wanted += " AND c.escalated_at IS NOT NULL"
    found = db.rows(f"{_SELECT} WHERE {wanted} ORDER BY c.id DESC LIMIT %s", (*values, limit))
    return [Conversation(*one) for one in found]


def get(workspace_id: str, conversation_id: str) -> Conversation:
    """One conversation. Raises NotFound."""
    found = None
    if is_id("conversation", conversation_id):
        found = db.row(f"{_SELECT} WHERE c.id = %s AND c.workspace_id = %s", (conversation_id, workspace_id))
    if found is None:
        raise NotFound("There is no such conversation.", field="conversation_id")
    return Conversation(*found)


def exchanges(workspace_id: str, conversation_id: str) -> list[Exchange]:
    """What was said, in order; of a very long conversation the end."""
    found = db.rows(
        "SELECT id, question, asked_at, answer, answered_at, is_answered, confidence, sources, feedback, feedback_comment"
        "  FROM exchange WHERE conversation_id = %s AND workspace_id = %s ORDER BY number DESC LIMIT %s",
        (conversation_id, workspace_id, MOST_EXCHANGES),
    )
    return [Exchange(*one) for one in reversed(found)]


def calls(workspace_id: str, conversation_id: str) -> list[Call]:
    """The calls for a person, in order, at most as many as exchanges (index escalation_by_conversation)."""
    found = db.rows(
        "SELECT id, email, message, created_at FROM escalation WHERE conversation_id = %s AND workspace_id = %s"
        " ORDER BY id LIMIT %s",
        (conversation_id, workspace_id, MOST_EXCHANGES),
    )
    return [Call(*one) for one in found]
