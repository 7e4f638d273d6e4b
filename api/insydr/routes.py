"""The Insydr contract, path by path."""

from __future__ import annotations

from typing import Any

from api.insydr.agents import Agents, OneAgent, PublishAgent, TryAgent
from api.insydr.analytics import Conversations, OneUnanswered, Overview, Questions, Unanswered
from api.insydr.api_keys import ApiKeys, OneApiKey
from api.insydr.auth import Login, Me, SignUp, VerifyOtp
from api.insydr.collections import Collections, OneCollection, Search
from api.insydr.conversations import Conversations as AllConversations
from api.insydr.conversations import OneConversation
from api.insydr.documents import DocumentFile, Documents, DocumentsOfWebsite, OneDocument, ReprocessDocument
from api.insydr.widget import Chat, Config, Escalate, Feedback
from api.insydr.workspaces import OneWorkspace, Workspaces

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/v1/auth/signup", SignUp()),
    ("/api/v1/auth/verify-otp", VerifyOtp()),
    ("/api/v1/auth/login", Login()),
    ("/api/v1/auth/me", Me()),
    ("/api/v1/workspaces", Workspaces()),
    ("/api/v1/workspaces/{workspace_id}", OneWorkspace()),
    ("/api/v1/workspaces/{workspace_id}/api-keys", ApiKeys()),
    ("/api/v1/workspaces/{workspace_id}/api-keys/{key_id}", OneApiKey()),
    ("/api/v1/workspaces/{workspace_id}/collections", Collections()),
    ("/api/v1/workspaces/{workspace_id}/collections/{collection_id}", OneCollection()),
    ("/api/v1/workspaces/{workspace_id}/documents", Documents()),
    ("/api/v1/workspaces/{workspace_id}/documents/url", DocumentsOfWebsite()),
    ("/api/v1/workspaces/{workspace_id}/documents/{document_id}", OneDocument()),
    ("/api/v1/workspaces/{workspace_id}/documents/{document_id}/reprocess", ReprocessDocument()),
    ("/api/v1/workspaces/{workspace_id}/documents/{document_id}/file", DocumentFile()),
    ("/api/v1/workspaces/{workspace_id}/search", Search()),
    ("/api/v1/workspaces/{workspace_id}/agents", Agents()),
    ("/api/v1/workspaces/{workspace_id}/agents/{agent_id}", OneAgent()),
    ("/api/v1/workspaces/{workspace_id}/agents/{agent_id}/publish", PublishAgent()),
    ("/api/v1/workspaces/{workspace_id}/agents/{agent_id}/test", TryAgent()),
    ("/api/v1/workspaces/{workspace_id}/conversations", AllConversations()),
    ("/api/v1/workspaces/{workspace_id}/conversations/{conversation_id}", OneConversation()),
    ("/api/v1/workspaces/{workspace_id}/analytics/overview", Overview()),
    ("/api/v1/workspaces/{workspace_id}/analytics/conversations", Conversations()),
    ("/api/v1/workspaces/{workspace_id}/analytics/questions", Questions()),
    ("/api/v1/workspaces/{workspace_id}/analytics/unanswered", Unanswered()),
    ("/api/v1/workspaces/{workspace_id}/analytics/unanswered/{question_id}", OneUnanswered()),
    ("/api/v1/widget/config/{agent_id}", Config()),
    ("/api/v1/widget/chat", Chat()),
    ("/api/v1/widget/feedback", Feedback()),
    ("/api/v1/widget/escalate", Escalate()),
)
