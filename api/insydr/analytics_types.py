"""Request and response types of /api/v1/workspaces/{workspace_id}/analytics."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from api.kit.types import Snake
from store.agents.questions import Status


class OfDays(Snake):
    """The last so many days of the workspace, today with them."""

    days: Annotated[int, Meta(ge=1, le=365, examples=[7, 30, 90])] = 30


class ListUnanswered(Snake):
    """`status: ALL` lists the resolved ones too."""

    status: Literal["OPEN", "RESOLVED", "ALL"] = "OPEN"
    limit: Annotated[int, Meta(ge=1, le=200)] = 100
    offset: Annotated[int, Meta(ge=0, le=5000)] = 0


class Period(Snake):
    start: date
    end: date


class OverviewStats(Snake):
    """`total_messages` counts both sides. Averages are null before there is anything to average."""

    total_conversations: int
    total_messages: int
    active_agents: int
    knowledge_documents: int
    avg_response_time_ms: int | None
    satisfaction_score: float | None


class Trends(Snake):
    """Percent against as many days before; null where there was nothing to compare with."""

    conversations_change: float | None
    messages_change: float | None


class OverviewAnswer(Snake):
    period: Period
    stats: OverviewStats
    trends: Trends


class DayFigures(Snake):
    date: date
    conversations: int
    messages: int
    avg_duration_seconds: float


class HourFigures(Snake):
    hour: int
    count: int


class AgentShare(Snake):
    agent_id: str
    agent_name: str
    conversations: int
    percentage: float


class ConversationsAnswer(Snake):
    """Every day of the period, the busiest hours of the day, and the agents by their share of conversations."""

    daily_data: list[DayFigures]
    peak_hours: list[HourFigures]
    by_agent: list[AgentShare]


class QuestionFigures(Snake):
    """A group of questions that ask the same. `trend` compares the later half of the period with the earlier."""

    id: str
    question: str
    count: int
    trend: Literal["up", "down", "stable"]
    avg_confidence: float


class CategoryFigures(Snake):
    category: str
    count: int


class QuestionsAnswer(Snake):
    """`trending` are those that grew most. Groups without a category, yet, are "Other"."""

    top_questions: list[QuestionFigures]
    trending: list[QuestionFigures]
    categories: list[CategoryFigures]


class UnansweredView(Snake):
    """A group of questions of which some got the fallback message."""

    id: str
    question: str
    occurrences: int
    first_seen: date
    last_seen: date
    status: Status


class UnansweredAnswer(Snake):
    unanswered: list[UnansweredView]
    total: int
    resolved_this_week: int


class ChangeUnanswered(Snake):
    """A resolved question that comes again without an answer is open again."""

    status: Status
