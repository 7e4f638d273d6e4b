"""Request and response types of /api/v1/workspaces and their API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from api.kit.types import Snake
from store.accounts.key_text import Kind, Mode
from store.accounts.tables import Workspace
from store.agents.analytics import Holdings

TIERS = {"free": "FREE", "starter": "STARTER", "pro": "PROFESSIONAL", "business": "PROFESSIONAL",
         "enterprise": "ENTERPRISE"}  # fmt: skip
"""The contract's words for our plans; one that it does not know has its next lower one's."""


class CreateWorkspace(Snake):
    """`timezone` is a name of the IANA database."""

    name: str
    timezone: str = "UTC"
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class ChangeWorkspace(Snake):
    """What is left out stays; `settings` are replaced as a whole, `logo_url: null` takes the logo away."""

    name: str | UnsetType = UNSET
    logo_url: str | UnsetType | None = UNSET
    timezone: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET


class CreatedWorkspace(Snake):
    id: str
    name: str
    slug: str
    owner_id: str
    subscription_tier: str
    created_at: datetime


class ListedWorkspace(Snake):
    """`role` is the caller's."""

    id: str
    name: str
    slug: str
    role: str
    agent_count: int
    document_count: int


class WorkspaceList(Snake):
    workspaces: list[ListedWorkspace]
    total: int


class Stats(Snake):
    """What the workspace has now, and what was talked in all; messages count both sides."""

    total_agents: int
    total_documents: int
    total_conversations: int
    total_messages: int


class WorkspaceView(Snake):
    id: str
    name: str
    slug: str
    logo_url: str | None
    timezone: str
    subscription_tier: str
    settings: dict[str, Any]
    stats: Stats
    created_at: datetime


class Message(Snake):
    message: str


class CreateKey(Snake):
    """`publishable` keys are for the widget's pages, `secret` ones for programs; `test` keys for trying things out."""

    name: str
    allowed_domains: list[str] = msgspec.field(default_factory=list)
    kind: Kind = "publishable"
    mode: Mode = "live"


class CreatedKey(Snake):
    """`key` is shown this once."""

    id: str
    name: str
    key: str
    key_prefix: str
    allowed_domains: list[str]
    created_at: datetime
    message: str = "Save this key - it won't be shown again!"


class KeyView(Snake):
    id: str
    name: str
    key_prefix: str
    allowed_domains: list[str]
    is_active: bool
    last_used_at: datetime | None
    created_at: datetime


class KeyList(Snake):
    api_keys: list[KeyView]


def view(workspace: Workspace, held: Holdings) -> WorkspaceView:
    """A workspace as this contract shows it."""
    return WorkspaceView(
        id=workspace.id,
        name=workspace.name,
        slug=workspace.slug,
        logo_url=workspace.logo_url,
        timezone=workspace.timezone,
        subscription_tier=TIERS[workspace.plan],
        settings=workspace.settings,
        stats=Stats(
            total_agents=held.agents,
            total_documents=held.documents,
            total_conversations=held.conversations,
            total_messages=held.messages,
        ),
        created_at=workspace.created_at,
    )
