"""The nightly order of questions: the latest of a workspace's, and putting them into other groups, a statement a kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct

from store.agents import figures
from store.kit import db


class Member(Struct, frozen=True):
    """An exchange in a group. `at` is when it was counted there."""

    message_id: str
    group_id: str
    question: str
    vector: str
    at: datetime
    confidence: float
    is_answered: bool


def latest(workspace_id: str, *, limit: int) -> list[Member]:
    """The workspace's latest grouped questions (index exchange_by_workspace)."""
    found = db.rows(
        "SELECT id, cluster_id, question, vector::text, answered_at, coalesce(confidence, 0), coalesce(is_answered, false)"
        "  FROM exchange WHERE workspace_id = %s AND vector IS NOT NULL AND cluster_id IS NOT NULL"
        " ORDER BY id DESC LIMIT %s",
        (workspace_id, limit),
    )
    return [Member(*one) for one in found]


def rearrange(
    workspace_id: str, moves: Sequence[tuple[Member, str]], labels: Mapping[str, tuple[str, str | None]]
) -> None:
    """Put members into other groups, and name groups: question and category by id. Within the caller's transaction.

    A group that is not there yet begins; one that nobody is left in goes.
    """
    # In the order in which new questions lock them: one after the other, by id.
    found = db.rows("SELECT id FROM question_cluster WHERE workspace_id = %s ORDER BY id FOR UPDATE", (workspace_id,))
    known = {str(row[0]) for row in found}
    _begin_missing(workspace_id, moves, known)
    _move(workspace_id, moves)
    _name(workspace_id, labels)


def _begin_missing(workspace_id: str, moves: Sequence[tuple[Member, str]], known: set[str]) -> None:
    """Groups that are not there yet; what they count comes with their members."""
    firsts = {group_id: member for member, group_id in reversed(moves) if group_id not in known}
    rows = [
        {"id": group_id, "question": one.question, "vector": one.vector, "at": one.at}
        for group_id, one in sorted(firsts.items())
    ]
    db.rows(
        "INSERT INTO question_cluster (id, workspace_id, question, centroid, first_seen, last_seen)"
        " SELECT id, %s, question, vector::vector, at, at"
        "   FROM jsonb_to_recordset(%s) AS t(id text, question text, vector text, at timestamptz)",
        (workspace_id, _json(rows)),
    )


def _move(workspace_id: str, moves: Sequence[tuple[Member, str]]) -> None:
    zone = figures.zone(workspace_id)
    asked, unanswered = Counter[str](), Counter[str]()
    by_day, confidence = Counter[tuple[date, str]](), dict[tuple[date, str], float]()
    for member, group_id in moves:
        day = member.at.astimezone(zone).date()
        for owner, sign in ((member.group_id, -1), (group_id, 1)):
            asked[owner] += sign
            unanswered[owner] += sign * (not member.is_answered)
            by_day[day, owner] += sign
            confidence[day, owner] = confidence.get((day, owner), 0.0) + sign * member.confidence
    touched = sorted(asked)
    db.rows(
        "UPDATE exchange e SET cluster_id = t.owner FROM unnest(%s::text[], %s::text[]) AS t (id, owner)"
        " WHERE e.id = t.id AND e.workspace_id = %s",
        ([member.message_id for member, _ in moves], [group_id for _, group_id in moves], workspace_id),
    )
    db.rows(
        "UPDATE question_cluster c SET asked = c.asked + t.asked, unanswered = greatest(c.unanswered + t.unanswered, 0)"
        "  FROM unnest(%s::text[], %s::integer[], %s::integer[]) AS t (id, asked, unanswered)"
        " WHERE c.id = t.id AND c.workspace_id = %s",
        (touched, [asked[one] for one in touched], [unanswered[one] for one in touched], workspace_id),
    )
    db.rows(
        "INSERT INTO question_day AS known (workspace_id, day, cluster_id, asked, confidence)"
        " SELECT %s, t.day, t.owner, t.asked, t.confidence"
        "   FROM unnest(%s::date[], %s::text[], %s::integer[], %s::float8[]) AS t (day, owner, asked, confidence)"
        "   JOIN question_cluster c ON c.id = t.owner"
        " ON CONFLICT (workspace_id, day, cluster_id) DO UPDATE"
        " SET asked = known.asked + excluded.asked, confidence = known.confidence + excluded.confidence",
        (
            workspace_id, [day for day, _ in by_day], [owner for _, owner in by_day], list(by_day.values()),
            [confidence[key] for key in by_day],
        ),
    )  # fmt: skip
    db.rows(
        "UPDATE question_cluster c SET centroid = m.total, first_seen = least(c.first_seen, m.first),"
        "       last_seen = greatest(c.last_seen, m.last), first_unanswered = m.first_missed,"
        "       last_unanswered = m.last_missed"
        "  FROM (SELECT cluster_id, sum(vector::vector) AS total, min(answered_at) AS first, max(answered_at) AS last,"
        "               min(answered_at) FILTER (WHERE NOT is_answered) AS first_missed,"
        "               max(answered_at) FILTER (WHERE NOT is_answered) AS last_missed"
        "          FROM exchange WHERE cluster_id = ANY (%s) AND vector IS NOT NULL AND workspace_id = %s"
        "         GROUP BY cluster_id) AS m"
        " WHERE c.id = m.cluster_id",
        (touched, workspace_id),
    )
    db.rows(
        "DELETE FROM question_cluster WHERE id = ANY (%s) AND workspace_id = %s AND asked <= 0", (touched, workspace_id)
    )


def _name(workspace_id: str, labels: Mapping[str, tuple[str, str | None]]) -> None:
    rows = [{"id": one, "question": question, "category": category} for one, (question, category) in labels.items()]
    db.rows(
        "UPDATE question_cluster c SET question = t.question, category = t.category"
        "  FROM jsonb_to_recordset(%s) AS t(id text, question text, category text)"
        " WHERE c.id = t.id AND c.workspace_id = %s",
        (_json(rows), workspace_id),
    )


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return msgspec.json.encode(rows).decode()
