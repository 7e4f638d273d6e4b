"""What an agent may be told: the fields of its settings, their limits and what holds when nothing was said.

The structs are the one declaration: the API decodes bodies with them and shows agents by them. A field that is not
sent is UNSET and stays as it is. `Config` is an agent as answers are made with it, a draft's or a published version's.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

VISIBLE = r"\S"
Status = Literal["DRAFT", "PUBLISHED", "ARCHIVED"]
Name = Annotated[str, Meta(pattern=VISIBLE, max_length=200)]
Text = Annotated[str, Meta(max_length=2000)]
Message = Annotated[str, Meta(pattern=VISIBLE, max_length=1000)]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z_-]{0,39}$")]
AgentType = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,39}$", examples=["SUPPORT", "SALES"])]
Question = Annotated[str, Meta(pattern=VISIBLE, max_length=200)]
Phrase = Annotated[str, Meta(pattern=VISIBLE, max_length=100)]
Email = Annotated[str, Meta(pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+$", max_length=254)]


class BehaviorSettings(Struct, kw_only=True):
    """`response_style`: concise quotes a sentence, conversational its neighbours too, detailed more of them.

    `tone` colours the words around a quote, and a model's own. `language_mode`: auto answers in the question's
    language, a code like `de` in that one.
    """

    tone: Word | UnsetType = UNSET
    response_style: Word | UnsetType = UNSET
    language_mode: Annotated[str, Meta(pattern=r"^(auto|[a-z]{2})$")] | UnsetType = UNSET


class ResponseConfig(Struct, kw_only=True):
    """`max_response_length` in characters; an answer below `confidence_threshold` is the fallback message."""

    max_response_length: Annotated[int, Meta(ge=50, le=4000)] | UnsetType = UNSET
    confidence_threshold: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    show_sources: bool | UnsetType = UNSET


class ConversationRules(Struct, kw_only=True):
    """`blocked_topics`: a question with one of these phrases gets the fallback message. `escalation_keywords`: one with
    these offers a person at once; so do `escalate_after_fallbacks` fallbacks in a row (0: never).

    `max_messages_per_session`: 0 is no end. Calls for a person go to `escalation_email`, else to the owners.
    """

    blocked_topics: Annotated[list[Phrase], Meta(max_length=100)] | UnsetType = UNSET
    escalation_keywords: Annotated[list[Phrase], Meta(max_length=100)] | UnsetType = UNSET
    escalate_after_fallbacks: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    max_messages_per_session: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    escalation_email: Email | UnsetType | None = UNSET


class Appearance(Struct, kw_only=True):
    """How the widget looks; `theme: auto` follows the visitor's system, `border_radius` is in pixels."""

    theme: Literal["light", "dark", "auto"] | UnsetType = UNSET
    primary_color: Annotated[str, Meta(pattern=r"^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$")] | UnsetType = UNSET
    border_radius: Annotated[int, Meta(ge=0, le=32)] | UnsetType = UNSET
    position: Literal["bottom-right", "bottom-left"] | UnsetType = UNSET


class WidgetBehavior(Struct, kw_only=True):
    """How the widget greets; `greeting_delay` in milliseconds."""

    greeting_enabled: bool | UnsetType = UNSET
    greeting_delay: Annotated[int, Meta(ge=0, le=600_000)] | UnsetType = UNSET
    suggested_questions: Annotated[list[Question], Meta(max_length=10)] | UnsetType = UNSET


class Branding(Struct, kw_only=True):
    """`avatar_url` is a picture on the web."""

    show_powered_by: bool | UnsetType = UNSET
    avatar_url: Annotated[str, Meta(pattern=r"^https?://[^\s/]\S*$(?!\s)", max_length=2048)] | UnsetType | None = UNSET


DEFAULTS: dict[str, dict[str, Any]] = {
    "behavior_settings": {"tone": "friendly", "response_style": "conversational", "language_mode": "auto"},
    "response_config": {"max_response_length": 500, "confidence_threshold": 0.5, "show_sources": True},
    "conversation_rules": {
        "blocked_topics": [], "escalation_keywords": [], "escalate_after_fallbacks": 2, "max_messages_per_session": 0,
        "escalation_email": None,
    },
    "appearance": {"theme": "light", "primary_color": "#4f46e5", "border_radius": 16, "position": "bottom-right"},
    "behavior": {"greeting_enabled": True, "greeting_delay": 3000, "suggested_questions": []},
    "branding": {"show_powered_by": True, "avatar_url": None},
}  # fmt: skip
"""Every group of settings with what holds when nothing was said; the keys are the columns."""
GREETING = "Hi! How can I help you today?"
FALLBACK = "I don't have information on that. Would you like to talk to a person?"


class Config(Struct, frozen=True, kw_only=True):
    """An agent as it answers."""

    agent_id: str
    version: str
    name: str
    tone: str
    response_style: str
    language_mode: str
    max_response_length: int
    confidence_threshold: float
    show_sources: bool
    blocked_topics: list[str]
    escalation_keywords: list[str]
    escalate_after_fallbacks: int
    max_messages_per_session: int
    escalation_email: str | None
    greeting_message: str
    fallback_message: str
    theme: str
    primary_color: str
    border_radius: int
    position: str
    greeting_enabled: bool
    greeting_delay: int
    suggested_questions: list[str]
    show_powered_by: bool
    avatar_url: str | None
    collection_ids: list[str]


def merged(held: dict[str, Any], given: Struct) -> dict[str, Any]:
    """The group of settings with the fields that were sent."""
    return {**held, **msgspec.to_builtins(given)}
