"""/api/v1/workspaces/{workspace_id}/analytics: figures of conversations, what is asked, and what nobody could answer.

Days are the workspace's own, by its time zone. Everything is read from sums that are kept as things happen.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from api.insydr.analytics_types import (
    AgentShare,
    CategoryFigures,
    ChangeUnanswered,
    ConversationsAnswer,
    DayFigures,
    HourFigures,
    ListUnanswered,
    OfDays,
    OverviewAnswer,
    OverviewStats,
    Period,
    QuestionFigures,
    QuestionsAnswer,
    Trends,
    UnansweredAnswer,
    UnansweredView,
)
from api.kit.operation import operation
from store.agents import analytics, figures, questions
from store.agents.questions import Group
from store.agents.questions import Unanswered as UnansweredGroup
from store.kit.clock import utc_now

PEAKS = 5
TOP = 20
COUNTED_GROUPS = 5000  # all that a workspace can have: categories are sums over them


class Overview:
    """/api/v1/workspaces/{workspace_id}/analytics/overview."""

    @operation("See what happened in the last days", query=OfDays, returns=OverviewAnswer)
    def on_get(self, workspace_id: str, query: OfDays) -> OverviewAnswer:
        start, end = figures.period(workspace_id, utc_now(), days=query.days)
        before = timedelta(days=query.days)
        now = analytics.totals(workspace_id, start=start, end=end)
        then = analytics.totals(workspace_id, start=start - before, end=end - before)
        held = analytics.holdings([workspace_id])[workspace_id]
        return OverviewAnswer(
            period=Period(start=start, end=end),
            stats=OverviewStats(
                total_conversations=now.conversations,
                total_messages=now.messages,
                active_agents=held.published,
                knowledge_documents=held.documents,
                avg_response_time_ms=round(now.response_ms / now.answers) if now.answers else None,
                satisfaction_score=figures.satisfaction(now.likes, now.dislikes),
            ),
            trends=Trends(
                conversations_change=_change(now.conversations, then.conversations),
                messages_change=_change(now.messages, then.messages),
            ),
        )


class Conversations:
    """/api/v1/workspaces/{workspace_id}/analytics/conversations."""

    @operation("See conversations by day, hour and agent", query=OfDays, returns=ConversationsAnswer)
    def on_get(self, workspace_id: str, query: OfDays) -> ConversationsAnswer:
        start, end = figures.period(workspace_id, utc_now(), days=query.days)
        known = {one.day: one for one in analytics.days(workspace_id, start=start, end=end)}
        daily = []
        for number in range(query.days):
            day = start + timedelta(days=number)
            one = known.get(day, analytics.Day(day, 0, 0, 0.0))
            average = one.seconds / one.conversations if one.conversations else 0.0
            daily.append(
                DayFigures(
                    date=day,
                    conversations=one.conversations,
                    messages=one.messages,
                    avg_duration_seconds=round(average, 1),
                )
            )
        agents = analytics.by_agent(workspace_id, start=start, end=end)
        whole = sum(count for _, _, count in agents)
        return ConversationsAnswer(
            daily_data=daily,
            peak_hours=[
                HourFigures(hour=hour, count=count)
                for hour, count in analytics.hours(workspace_id, start=start, end=end)[:PEAKS]
            ],
            by_agent=[
                AgentShare(
                    agent_id=agent_id, agent_name=name, conversations=count, percentage=round(100 * count / whole, 1)
                )
                for agent_id, name, count in agents
            ],
        )


class Questions:
    """/api/v1/workspaces/{workspace_id}/analytics/questions."""

    @operation("See what is asked most", query=OfDays, returns=QuestionsAnswer)
    def on_get(self, workspace_id: str, query: OfDays) -> QuestionsAnswer:
        """Questions that ask the same are one; groups and categories are put in order each night."""
        start, end = figures.period(workspace_id, utc_now(), days=query.days)
        groups = questions.top(workspace_id, start=start, end=end, limit=COUNTED_GROUPS)
        growing = sorted((one for one in groups if one.later > one.earlier), key=lambda one: one.earlier - one.later)
        return QuestionsAnswer(
            top_questions=[_question(one) for one in groups[:TOP]],
            trending=[_question(one) for one in growing[:TOP]],
            categories=[
                CategoryFigures(category=name, count=count) for name, count in questions.by_category(groups)[:TOP]
            ],
        )


class Unanswered:
    """/api/v1/workspaces/{workspace_id}/analytics/unanswered."""

    @operation("See what could not be answered", query=ListUnanswered, returns=UnansweredAnswer)
    def on_get(self, workspace_id: str, query: ListUnanswered) -> UnansweredAnswer:
        """Most often asked first; `total` counts those of the wanted status."""
        found, total = questions.unanswered(
            workspace_id,
            status=None if query.status == "ALL" else query.status,
            limit=query.limit,
            offset=query.offset,
        )
        zone = figures.zone(workspace_id)
        return UnansweredAnswer(
            unanswered=[_unanswered(one, zone) for one in found],
            total=total,
            resolved_this_week=questions.resolved_since(workspace_id, utc_now() - questions.WEEK),
        )


class OneUnanswered:
    """/api/v1/workspaces/{workspace_id}/analytics/unanswered/{question_id}."""

    @operation("Resolve an unanswered question, or open it again", body=ChangeUnanswered, returns=UnansweredView)
    def on_patch(self, workspace_id: str, question_id: str, body: ChangeUnanswered) -> UnansweredView:
        return _unanswered(questions.set_status(workspace_id, question_id, body.status), figures.zone(workspace_id))


def _question(one: Group) -> QuestionFigures:
    return QuestionFigures(
        id=one.id,
        question=one.question,
        count=one.asked,
        trend="up" if one.later > one.earlier else "down" if one.later < one.earlier else "stable",
        avg_confidence=round(one.confidence, 4),
    )


def _unanswered(one: UnansweredGroup, zone: ZoneInfo) -> UnansweredView:
    return UnansweredView(
        id=one.id,
        question=one.question,
        occurrences=one.occurrences,
        first_seen=one.first_seen.astimezone(zone).date(),
        last_seen=one.last_seen.astimezone(zone).date(),
        status=one.status,  # type: ignore[arg-type]
    )


def _change(now: int, before: int) -> float | None:
    return round(100 * (now - before) / before, 1) if before else None
