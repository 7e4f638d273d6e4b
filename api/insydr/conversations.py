"""/api/v1/workspaces/{workspace_id}/conversations: what visitors asked and were told, and who wants a person."""

from __future__ import annotations

from typing import Any

from api.insydr.conversation_types import (
    ConversationList,
    ConversationView,
    EscalationView,
    ListConversations,
    ListedConversation,
    SaidView,
)
from api.kit import paging
from api.kit.operation import operation
from store.agents import queries, transcripts
from store.agents.transcripts import Conversation, Exchange
from store.kit import cursor

LISTING = "conversations"


class Conversations:
    """/api/v1/workspaces/{workspace_id}/conversations."""

    @operation("List conversations", query=ListConversations, returns=ConversationList)
    def on_get(self, workspace_id: str, query: ListConversations) -> ConversationList:
        """Those that began last come first."""
        if query.agent_id is not None:
            queries.get(workspace_id, query.agent_id)
        found = transcripts.page(
            workspace_id,
            limit=query.limit + 1,
            agent_id=query.agent_id,
            is_escalated=query.escalated,
            before_id=paging.before(LISTING, "conversation", query.cursor),
        )
        kept = found[: query.limit]
        return ConversationList(
            conversations=[ListedConversation(**_facts(one)) for one in kept],
            next_cursor=cursor.encode(LISTING, kept[-1].id) if len(found) > len(kept) else None,
        )


class OneConversation:
    """/api/v1/workspaces/{workspace_id}/conversations/{conversation_id}."""

    @operation("Read a conversation", returns=ConversationView)
    def on_get(self, workspace_id: str, conversation_id: str) -> ConversationView:
        one = transcripts.get(workspace_id, conversation_id)
        return ConversationView(
            **_facts(one),
            messages=[_said(said) for said in transcripts.exchanges(workspace_id, one.id)],
            escalations=[
                EscalationView(id=call.id, email=call.email, message=call.message, created_at=call.created_at)
                for call in transcripts.calls(workspace_id, one.id)
            ],
        )


def _facts(one: Conversation) -> dict[str, Any]:
    return {
        "id": one.id,
        "agent_id": one.agent_id,
        "agent_name": one.agent_name,
        "session_id": one.session,
        "page_url": one.page_url,
        "email": one.email,
        "question_count": one.questions,
        "started_at": one.started_at,
        "last_message_at": one.last_at,
        "escalated_at": one.escalated_at,
    }


def _said(one: Exchange) -> SaidView:
    return SaidView(
        message_id=one.id,
        question=one.question,
        asked_at=one.asked_at,
        answer=one.answer,
        answered_at=one.answered_at,
        answered=one.is_answered,
        confidence=None if one.confidence is None else round(one.confidence, 4),
        sources=one.sources or [],
        feedback_type=one.feedback,  # type: ignore[arg-type]
        feedback_comment=one.feedback_comment,
    )
