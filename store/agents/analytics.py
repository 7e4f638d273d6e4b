"""Figures of a workspace over some of its days, summed from agent_hour: for the analytics endpoints and its own page."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from store.kit import db


class Totals(Struct, frozen=True):
    """What happened in some days. `messages` counts both sides."""

    conversations: int
    questions: int
    answers: int
    response_ms: int
    likes: int
    dislikes: int

    @property
    def messages(self) -> int:
        return self.questions + self.answers


class Day(Struct, frozen=True):
    """One day; `seconds` is how long the conversations took that began on it."""

    day: date
    conversations: int
    messages: int
    seconds: float


def totals(workspace_id: str, *, start: date, end: date) -> Totals:
    """The sums from `start` to `end`, both included."""
    names = ("conversations", "questions", "answers", "response_ms", "likes", "dislikes")
    found = db.row(
        f"SELECT {', '.join(f'coalesce(sum({name}), 0)::bigint' for name in names)} FROM agent_hour"
        " WHERE workspace_id = %s AND day BETWEEN %s AND %s",
        (workspace_id, start, end),
    )
    assert found
    return Totals(*found)


def days(workspace_id: str, *, start: date, end: date) -> list[Day]:
    """The days on which something happened, in order."""
    found = db.rows(
        "SELECT day, sum(conversations)::bigint, sum(questions + answers)::bigint, sum(seconds) FROM agent_hour"
        " WHERE workspace_id = %s AND day BETWEEN %s AND %s GROUP BY day ORDER BY day",
        (workspace_id, start, end),
    )
    return [Day(*one) for one in found]


def hours(workspace_id: str, *, start: date, end: date) -> list[tuple[int, int]]:
    """(hour of the day, conversations that began in it), the busiest first; hours without any are left out."""
    found = db.rows(
        "SELECT hour, sum(conversations)::bigint FROM agent_hour WHERE workspace_id = %s AND day BETWEEN %s AND %s"
        " GROUP BY hour HAVING sum(conversations) > 0 ORDER BY 2 DESC, 1",
        (workspace_id, start, end),
    )
    return [(int(hour), int(count)) for hour, count in found]


def by_agent(workspace_id: str, *, start: date, end: date) -> list[tuple[str, str, int]]:
    """(agent's id, name, conversations that began), the busiest first; deleted agents too."""
    found = db.rows(
        "SELECT h.agent_id, a.name, sum(h.conversations)::bigint FROM agent_hour h JOIN agent a ON a.id = h.agent_id"
        " WHERE h.workspace_id = %s AND h.day BETWEEN %s AND %s GROUP BY h.agent_id, a.name"
        " HAVING sum(h.conversations) > 0 ORDER BY 3 DESC, 1",
        (workspace_id, start, end),
    )
    return [(agent_id, name, int(count)) for agent_id, name, count in found]


class Holdings(Struct, frozen=True):
    """What a workspace has now and had in all."""

    agents: int = 0
    published: int = 0
    documents: int = 0
    conversations: int = 0
    messages: int = 0


def holdings(workspace_ids: list[str]) -> dict[str, Holdings]:
    """The holdings of each workspace."""
    found = db.rows(
        "SELECT w.id, coalesce(a.agents, 0), coalesce(a.published, 0),"
        "       (SELECT count(*) FROM document d WHERE d.workspace_id = w.id),"
        "       coalesce(a.conversations, 0), coalesce(a.messages, 0)"
        "  FROM unnest(%s::text[]) AS w (id) LEFT JOIN LATERAL ("
        "    SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS agents,"
        "           count(*) FILTER (WHERE deleted_at IS NULL AND status = 'PUBLISHED') AS published,"
        "           sum(conversations)::bigint AS conversations, sum(messages)::bigint AS messages"
        "      FROM agent WHERE workspace_id = w.id) AS a ON true",
        (workspace_ids,),
    )
    return {row[0]: Holdings(*row[1:]) for row in found}
