"""Questions that ask the same: groups of a workspace's exchanges, how often each came, and what could not be answered.

A new question joins the nearest group at once (`assign`); each night the latest of them are put in order
again (regrouping.py). A group's `centroid` is the sum of its members' vectors: cosine doesn't mind the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from store.agents import figures
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id

Status = Literal["OPEN", "RESOLVED"]
SAME = 0.6  # cosine to the nearest centroid from which on a question joins it; measured on paraphrased questions
MOST_GROUPS = 5000  # of a workspace; beyond it new questions are counted nowhere
WEEK = timedelta(days=7)


class Asked(Struct, frozen=True):
    """A question to group."""

    message_id: str
    question: str
    vector: Sequence[float]
    confidence: float
    is_answered: bool


class Group(Struct, frozen=True):
    """A group's figures within some days. `later` and `earlier` are the two halves of them."""

    id: str
    question: str
    category: str | None
    asked: int
    confidence: float
    later: int
    earlier: int


class Unanswered(Struct, frozen=True):
    """A group with questions that got the fallback message."""

    id: str
    question: str
    occurrences: int
    first_seen: datetime
    last_seen: datetime
    status: str


def assign(workspace_id: str, asked: Asked) -> bool:
    """Let a question join its group or begin one, within the caller's transaction; whether it is the first of all."""
    now = utc_now()
    vector = figures.as_vector(asked.vector)
    found = db.row(
        "SELECT id, 1 - (centroid <=> %s::vector) FROM question_cluster WHERE workspace_id = %s"
        " ORDER BY centroid <=> %s::vector LIMIT 1",
        (vector, workspace_id, vector),
    )
    missed = None if asked.is_answered else now
    if found is not None and found[1] >= SAME:
        group_id = str(found[0])
        db.rows(
            "UPDATE question_cluster SET centroid = centroid + %s::vector, asked = asked + 1, last_seen = %s,"
            "       unanswered = unanswered + %s, first_unanswered = coalesce(first_unanswered, %s),"
            "       last_unanswered = coalesce(%s, last_unanswered),"
            "       status = CASE WHEN %s THEN 'OPEN' ELSE status END,"
            "       resolved_at = CASE WHEN %s THEN NULL ELSE resolved_at END WHERE id = %s",
            (vector, now, int(bool(missed)), missed, missed, bool(missed), bool(missed), group_id),
        )
    elif _count(workspace_id) < MOST_GROUPS:
        group_id = _begin(workspace_id, asked.question, vector, now=now, missed=missed)
    else:
        return False
    db.rows("UPDATE exchange SET cluster_id = %s WHERE id = %s", (group_id, asked.message_id))
    _add_day(workspace_id, figures.moment(workspace_id, now)[0], group_id, asked=1, confidence=asked.confidence)
    return found is None


def top(workspace_id: str, *, start: date, end: date, limit: int) -> list[Group]:
    """The groups most asked from `start` to `end`, both included."""
    middle = start + (end - start) / 2
    found = db.rows(
        "SELECT c.id, c.question, c.category, sum(d.asked), sum(d.confidence) / sum(d.asked),"
        "       coalesce(sum(d.asked) FILTER (WHERE d.day > %s), 0), coalesce(sum(d.asked) FILTER (WHERE d.day <= %s), 0)"
        "  FROM question_day d JOIN question_cluster c ON c.id = d.cluster_id"
        " WHERE d.workspace_id = %s AND d.day BETWEEN %s AND %s AND d.asked > 0"
        " GROUP BY c.id ORDER BY sum(d.asked) DESC, c.id LIMIT %s",
        (middle, middle, workspace_id, start, end, limit),
    )
    return [
        Group(group_id, question, category, int(asked), float(confidence), int(later), int(earlier))
        for group_id, question, category, asked, confidence, later, earlier in found
    ]


def unanswered(workspace_id: str, *, status: Status | None, limit: int, offset: int) -> tuple[list[Unanswered], int]:
    """Groups with questions that were not answered, most often first, and how many there are in all."""
    wanted = "workspace_id = %s AND unanswered > 0" + (" AND status = %s" if status else "")
    values = (workspace_id, *([status] if status else []))
    found = db.rows(
        "SELECT id, question, unanswered, first_unanswered, last_unanswered, status FROM question_cluster"
        f" WHERE {wanted} ORDER BY unanswered DESC, id LIMIT %s OFFSET %s",
        (*values, limit, offset),
    )
    total = db.row(f"SELECT count(*) FROM question_cluster WHERE {wanted}", values)
    return [Unanswered(*one) for one in found], int(total[0]) if total else 0


def resolved_since(workspace_id: str, since: datetime) -> int:
    """How many unanswered groups were resolved from then on."""
    found = db.row(
        "SELECT count(*) FROM question_cluster WHERE workspace_id = %s AND status = 'RESOLVED' AND unanswered > 0"
        " AND resolved_at >= %s",
        (workspace_id, since),
    )
    return int(found[0]) if found else 0


def set_status(workspace_id: str, group_id: str, status: Status) -> Unanswered:
    """Resolve or reopen a group of unanswered questions. Raises NotFound."""
    found = None
    if is_id("question", group_id):
        found = db.row(
            "UPDATE question_cluster SET status = %s, resolved_at = CASE WHEN %s = 'OPEN' THEN NULL"
            "       ELSE coalesce(resolved_at, %s) END"
            " WHERE id = %s AND workspace_id = %s AND unanswered > 0"
            " RETURNING id, question, unanswered, first_unanswered, last_unanswered, status",
            (status, status, utc_now(), group_id, workspace_id),
        )
    if found is None:
        raise NotFound("There is no such unanswered question.", field="question_id")
    return Unanswered(*found)


def _begin(workspace_id: str, question: str, vector: str, *, now: datetime, missed: datetime | None) -> str:
    group_id = new_id("question")
    db.rows(
        "INSERT INTO question_cluster (id, workspace_id, question, centroid, asked, unanswered, first_seen, last_seen,"
        "                              first_unanswered, last_unanswered)"
        " VALUES (%s, %s, %s, %s::vector, 1, %s, %s, %s, %s, %s)",
        (group_id, workspace_id, question, vector, int(bool(missed)), now, now, missed, missed),
    )
    return group_id


def _add_day(workspace_id: str, day: date, group_id: str, *, asked: int, confidence: float) -> None:
    db.rows(
        "INSERT INTO question_day AS known (workspace_id, day, cluster_id, asked, confidence) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (workspace_id, day, cluster_id) DO UPDATE"
        " SET asked = known.asked + excluded.asked, confidence = known.confidence + excluded.confidence",
        (workspace_id, day, group_id, asked, confidence),
    )


def _count(workspace_id: str) -> int:
    found = db.row(
        "SELECT count(*) FROM (SELECT FROM question_cluster WHERE workspace_id = %s LIMIT %s) AS t",
        (workspace_id, MOST_GROUPS),
    )
    return int(found[0]) if found else 0


def by_category(groups: Sequence[Group]) -> list[tuple[str, int]]:
    """How often each category was asked, most often first; groups without one are "Other"."""
    counted: dict[str, int] = {}
    for group in groups:
        name = group.category or "Other"
        counted[name] = counted.get(name, 0) + group.asked
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))
