"""Figures of conversations, counted in the transaction that makes them: by agent, and by day and hour of the workspace.

The day is the workspace's own, by its time zone, so that a chart says what its people lived through. Reading is a sum
over at most 24 rows a day and agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store.kit import db

Moment = tuple[date, int]
COUNTED = ("conversations", "questions", "answers", "fallbacks", "response_ms", "seconds", "likes", "dislikes",
           "escalations")  # fmt: skip
TOTALS = {"conversations": "conversations", "likes": "likes", "dislikes": "dislikes"}


def zone(workspace_id: str) -> ZoneInfo:
    """The workspace's time zone."""
    found = db.row("SELECT timezone FROM workspace WHERE id = %s", (workspace_id,))
    return ZoneInfo(found[0] if found else "UTC")


def moment(workspace_id: str, now: datetime) -> Moment:
    """The day and hour that it is for the workspace."""
    local = now.astimezone(zone(workspace_id))
    return local.date(), local.hour


def period(workspace_id: str, now: datetime, *, days: int) -> tuple[date, date]:
    """The first and the last of so many days, which end with the workspace's today."""
    today = moment(workspace_id, now)[0]
    return today - timedelta(days=days - 1), today


def count(workspace_id: str, agent_id: str, when: Moment, **more: float) -> None:
    """Add to the figures of an agent's hour, and to the agent's totals."""
    given = {name: value for name, value in more.items() if value}
    assert set(given) <= set(COUNTED)
    if not given:
        return
    names = list(given)
    db.rows(
        f"INSERT INTO agent_hour AS known (workspace_id, agent_id, day, hour, {', '.join(names)})"
        f" VALUES (%s, %s, %s, %s, {', '.join(['%s'] * len(names))})"
        " ON CONFLICT (workspace_id, day, hour, agent_id) DO UPDATE SET "
        + ", ".join(f"{name} = known.{name} + excluded.{name}" for name in names),
        (workspace_id, agent_id, *when, *given.values()),
    )
    totals = {column: given[name] for name, column in TOTALS.items() if name in given}
    if spoken := given.get("questions", 0) + given.get("answers", 0):
        totals["messages"] = spoken
    if totals:
        db.rows(
            f"UPDATE agent SET {', '.join(f'{column} = {column} + %s' for column in totals)} WHERE id = %s",
            (*totals.values(), agent_id),
        )


def satisfaction(likes: int, dislikes: int) -> float | None:
    """Thumbs as the contract's one to five: up counts five, down one; None without any."""
    given = likes + dislikes
    return round((likes * 5 + dislikes) / given, 2) if given else None


def as_vector(vector: Sequence[float]) -> str:
    """How a vector is written for pgvector."""
    return f"[{','.join(f'{value:.6g}' for value in vector)}]"
