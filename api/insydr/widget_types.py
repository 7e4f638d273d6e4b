"""Request and response types of the widget's endpoints, which web pages call with a publishable key."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from api.kit.types import Snake
from pipelines.answers.pipeline import LONGEST_MESSAGE
from store.agents.conversations import Feedback
from store.agents.values import Config, Email

SessionId = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,128}$")]
Words = Annotated[str, Meta(max_length=4000)]


class Metadata(Snake):
    """What a page says of its visitor; all of it is optional, and what is not known here is passed over.

    `visitor_id` (16 characters or more, nobody else's) is by what a visitor is known; without it their address and
    browser. `email` is kept as a lead.
    """

    page_url: Annotated[str, Meta(max_length=2048)] | None = None
    user_agent: Annotated[str, Meta(max_length=1024)] | None = None
    visitor_id: Annotated[str, Meta(min_length=16, max_length=128)] | None = None
    email: Email | None = None


class WidgetAppearance(Snake):
    theme: str
    primary_color: str
    border_radius: int
    position: str


class WidgetGreeting(Snake):
    greeting_enabled: bool
    greeting_delay: int
    greeting_message: str
    suggested_questions: list[str]


class WidgetBranding(Snake):
    show_powered_by: bool
    avatar_url: str | None


class WidgetConfig(Snake):
    agent_id: str
    agent_name: str
    appearance: WidgetAppearance
    behavior: WidgetGreeting
    branding: WidgetBranding


class ChatMessage(Snake, kw_only=True):
    agent_id: str
    session_id: SessionId
    message: Annotated[str, Meta(pattern=r"\S", max_length=LONGEST_MESSAGE)]
    metadata: Metadata = msgspec.field(default_factory=Metadata)


class SendFeedback(Snake, kw_only=True):
    message_id: str
    feedback_type: Feedback
    comment: Words | None = None


class CallPerson(Snake, kw_only=True):
    """`email` is where the person writes to; without it the session must be enough."""

    session_id: SessionId
    agent_id: str
    email: Email | None = None
    message: Words | None = None
    metadata: Metadata = msgspec.field(default_factory=Metadata)


class Received(Snake):
    message: str


class Escalated(Snake):
    id: str
    message: str = "A person will get back to you."


def config_view(agent: Config) -> WidgetConfig:
    """What the widget is told of a published agent."""
    return WidgetConfig(
        agent_id=agent.agent_id,
        agent_name=agent.name,
        appearance=WidgetAppearance(
            theme=agent.theme,
            primary_color=agent.primary_color,
            border_radius=agent.border_radius,
            position=agent.position,
        ),
        behavior=WidgetGreeting(
            greeting_enabled=agent.greeting_enabled,
            greeting_delay=agent.greeting_delay,
            greeting_message=agent.greeting_message,
            suggested_questions=agent.suggested_questions,
        ),
        branding=WidgetBranding(show_powered_by=agent.show_powered_by, avatar_url=agent.avatar_url),
    )
