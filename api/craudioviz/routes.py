"""The paths of CR AudioViz's contract; /v1/jobs is in api/jobs, /v1/webhooks in api/webhooks."""

from __future__ import annotations

from typing import Any

from api.craudioviz.assistant import ChatHistory, ChatMessages, Chats
from api.craudioviz.credits import CreditBalance, CreditPurchase, CreditTransactions
from api.craudioviz.files import FileDownload, Files, FileUpload, OneFile
from api.craudioviz.items import ItemContent, OneItem
from api.craudioviz.profile import UserProfile
from api.craudioviz.projects import OneProject, ProjectItems, Projects
from api.craudioviz.tools import OneTool, ToolExecute, Tools

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/v1/user/profile", UserProfile()),
    ("/v1/credits/balance", CreditBalance()),
    ("/v1/credits/purchase", CreditPurchase()),
    ("/v1/credits/transactions", CreditTransactions()),
    ("/v1/ai/chat", Chats()),
    ("/v1/ai/chat/{chat_id}/message", ChatMessages()),
    ("/v1/ai/chat/{chat_id}/history", ChatHistory()),
    ("/v1/projects", Projects()),
    ("/v1/projects/{project_id}", OneProject()),
    ("/v1/projects/{project_id}/items", ProjectItems()),
    ("/v1/items/{item_id}", OneItem()),
    ("/v1/items/{item_id}/content", ItemContent()),
    ("/v1/tools", Tools()),
    ("/v1/tools/{tool_id}", OneTool()),
    ("/v1/tools/{tool_id}/execute", ToolExecute()),
    ("/v1/files", Files()),
    ("/v1/files/upload", FileUpload()),
    ("/v1/files/{file_id}", OneFile()),
    ("/v1/files/{file_id}/download", FileDownload()),
)
