"""Request and response types of a workspace's agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Snake
from store.agents import figures
from store.agents.tables import Agent, AgentVersion
from store.agents.values import (
    DEFAULTS,
    AgentType,
    Appearance,
    BehaviorSettings,
    Branding,
    ConversationRules,
    Message,
    Name,
    Question,
    ResponseConfig,
    Status,
    Text,
    WidgetBehavior,
)
from store.kit import structs
from store.knowledge.collections import Collection


class CollectionRef(Snake):
    """A collection as agents show it; only its id counts."""

    id: str


Collections = Annotated[list[str | CollectionRef], Meta(max_length=100)]
Suggested = Annotated[list[Question], Meta(max_length=10)]


class AgentFields(Snake):
    """What may be said of an agent; what is left out of a group of settings stays as it is."""

    description: Text | UnsetType | None = UNSET
    behavior_settings: BehaviorSettings | UnsetType = UNSET
    response_config: ResponseConfig | UnsetType = UNSET
    conversation_rules: ConversationRules | UnsetType = UNSET
    greeting_message: Message | UnsetType = UNSET
    fallback_message: Message | UnsetType = UNSET
    appearance: Appearance | UnsetType = UNSET
    behavior: WidgetBehavior | UnsetType = UNSET
    branding: Branding | UnsetType = UNSET
    suggested_questions: Suggested | UnsetType = UNSET
    knowledge_collections: Collections | UnsetType = UNSET


class CreateAgent(AgentFields, kw_only=True):
    name: Name
    agent_type: AgentType = "SUPPORT"


class ChangeAgent(AgentFields, kw_only=True):
    """`status: ARCHIVED` puts an agent away, DRAFT (or PUBLISHED, where it was) brings it back."""

    name: Name | UnsetType = UNSET
    agent_type: AgentType | UnsetType = UNSET
    status: Status | UnsetType = UNSET


class ListAgents(Snake):
    status: Status | None = None
    type: AgentType | None = None


class CreatedAgent(Snake):
    id: str
    name: str
    status: str
    agent_type: str
    version: str
    created_at: datetime


class ListedAgent(Snake):
    id: str
    name: str
    status: str
    agent_type: str
    conversation_count: int
    created_at: datetime


class AgentList(Snake):
    agents: list[ListedAgent]
    total: int


class KnownCollection(Snake):
    id: str
    name: str
    document_count: int


class AgentStats(Snake):
    """`avg_satisfaction` from one to five, by thumbs; null before the first."""

    total_conversations: int
    total_messages: int
    avg_satisfaction: float | None


class VersionView(Snake):
    version: str
    published_at: datetime


class AgentView(Snake):
    """The draft; `version` is the last one published, which visitors see."""

    id: str
    name: str
    description: str | None
    status: str
    agent_type: str
    version: str
    behavior_settings: BehaviorSettings
    response_config: ResponseConfig
    conversation_rules: ConversationRules
    greeting_message: str
    fallback_message: str
    appearance: Appearance
    behavior: WidgetBehavior
    branding: Branding
    suggested_questions: list[str]
    knowledge_collections: list[KnownCollection]
    stats: AgentStats
    versions: list[VersionView]
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Published(Snake):
    version: str
    published_at: datetime
    message: str = "Agent published successfully"


class TestAgent(Snake):
    message: Annotated[str, Meta(pattern=r"\S", max_length=4000)]


class SourceView(Snake):
    """A passage that the answer quotes as [n]."""

    document_id: str
    title: str
    chunk_preview: str
    relevance_score: float
    n: int
    chunk_index: int
    page: int | None = None
    url: str | None = None


class TestAnswer(Snake):
    """`mode` says where the words come from: extractive (quoted), generated (a model's), fallback and others.

    `note` says what was degraded, as `llm_unreachable`.
    """

    response: str
    sources: list[SourceView]
    confidence: float
    response_time_ms: int
    answered: bool
    mode: str
    note: str | None = None


def given(body: AgentFields, held: Agent | None) -> dict[str, Any]:
    """The columns that were sent, each group of settings merged with what holds."""
    values: dict[str, Any] = {}
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if value is UNSET or name in ("knowledge_collections", "suggested_questions"):
            continue
        if name in DEFAULTS:
            before = {**DEFAULTS[name], **(getattr(held, name) if held else {})}
            values[name] = {**before, **msgspec.to_builtins(value)}
        else:
            values[name] = value
    if body.suggested_questions is not UNSET:
        behavior = values.get("behavior") or (held.behavior if held else DEFAULTS["behavior"])
        values["behavior"] = {**behavior, "suggested_questions": body.suggested_questions}
    return values


def view(row: Agent, collections: list[Collection], versions: list[AgentVersion]) -> AgentView:
    """An agent as this contract shows it."""
    behavior = _group(row, "behavior", WidgetBehavior)
    return AgentView(
        id=row.id,
        name=row.name,
        description=row.description,
        status=row.status,
        agent_type=row.agent_type,
        version=row.version,
        behavior_settings=_group(row, "behavior_settings", BehaviorSettings),
        response_config=_group(row, "response_config", ResponseConfig),
        conversation_rules=_group(row, "conversation_rules", ConversationRules),
        greeting_message=row.greeting_message,
        fallback_message=row.fallback_message,
        appearance=_group(row, "appearance", Appearance),
        behavior=behavior,
        branding=_group(row, "branding", Branding),
        suggested_questions=list(behavior.suggested_questions or []),
        knowledge_collections=[
            KnownCollection(id=one.id, name=one.name, document_count=one.document_count) for one in collections
        ],
        stats=AgentStats(
            total_conversations=row.conversations,
            total_messages=row.messages,
            avg_satisfaction=figures.satisfaction(row.likes, row.dislikes),
        ),
        versions=[VersionView(version=one.version, published_at=one.published_at) for one in versions],
        published_at=row.published_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _group(row: Agent, name: str, kind: type[Any]) -> Any:
    return structs.convert({**DEFAULTS[name], **getattr(row, name)}, kind)
