"""Conversations: what a visitor asked an agent, what was answered, and what the visitor thought of it.

A session's name is the client's own, so a conversation belongs to agent, key and visitor as well: nobody comes into
another's by guessing its name. One exchange is one question and, in time, its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.agents import figures
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id

Feedback = Literal["THUMBS_UP", "THUMBS_DOWN"]
REMEMBERED = timedelta(hours=2)  # what was said before that is not what a follow-up means


class Place(Struct, frozen=True, kw_only=True):
    """Where somebody talks: the four that make a conversation, and the workspace they are in."""

    workspace_id: str
    agent_id: str
    key_id: str
    visitor: str
    session: str


class Conversation(Struct, frozen=True):
    """A conversation as it is now; `is_new`: this call began it."""

    id: str
    exchanges: int
    email: str | None
    day: Any
    hour: int
    started_at: datetime
    last_at: datetime
    is_new: bool = False


class Turn(Struct, frozen=True):
    """What was asked and answered before. `is_answered`: it was not the fallback message."""

    question: str
    answer: str
    is_answered: bool


class Answered(Struct, frozen=True, kw_only=True):
    """How an exchange ended."""

    answer: str
    is_answered: bool
    confidence: float
    sources: list[dict[str, Any]]
    response_ms: int
    version: str
    vector: Sequence[float] | None


class Exchange(Struct, frozen=True):
    """An exchange as others need it."""

    id: str
    agent_id: str
    conversation_id: str
    question: str
    feedback: str | None


_COLUMNS = "id, exchanges, email, day, hour, started_at, last_at"


def find(place: Place) -> Conversation | None:
    """The conversation at this place, if somebody has talked there."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM conversation"
        " WHERE agent_id = %s AND key_id = %s AND visitor = %s AND session = %s AND workspace_id = %s",
        (place.agent_id, place.key_id, place.visitor, place.session, place.workspace_id),
    )
    return Conversation(*found) if found else None


def enter(place: Place, *, page_url: str | None = None) -> Conversation:
    """The conversation at this place, begun if need be, held until the transaction ends."""
    now = utc_now()
    day, hour = figures.moment(place.workspace_id, now)
    found = db.row(
        "INSERT INTO conversation AS known (id, workspace_id, agent_id, key_id, visitor, session, day, hour, page_url,"
        "                                   started_at, last_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (agent_id, key_id, visitor, session) DO UPDATE SET page_url = coalesce(excluded.page_url, known.page_url)"
        f" RETURNING {_COLUMNS}, xmax = 0",
        (
            new_id("conversation"), place.workspace_id, place.agent_id, place.key_id, place.visitor, place.session,
            day, hour, page_url, now, now,
        ),
    )  # fmt: skip
    assert found
    conversation = Conversation(*found)
    if conversation.is_new:
        figures.count(place.workspace_id, place.agent_id, (day, hour), conversations=1)
    return conversation


def ask(place: Place, conversation: Conversation, *, job_id: str, question: str) -> str:
    """Add a question, which this job answers, to the conversation that is held; the exchange's id."""
    now = utc_now()
    message_id = new_id("message")
    db.rows(
        "INSERT INTO exchange (id, workspace_id, agent_id, conversation_id, number, question, asked_at, job_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            message_id, place.workspace_id, place.agent_id, conversation.id, conversation.exchanges + 1, question, now,
            job_id,
        ),
    )  # fmt: skip
    _touch(place.workspace_id, place.agent_id, conversation, now, exchanges=1)
    figures.count(place.workspace_id, place.agent_id, figures.moment(place.workspace_id, now), questions=1)
    return message_id


def of_job(workspace_id: str, job_id: str, place: Place) -> str:
    """The id of the exchange at this place that a job answers. Raises NotFound."""
    found = db.row(
        "SELECT e.id FROM exchange e JOIN conversation c ON c.id = e.conversation_id"
        " WHERE e.job_id = %s AND e.workspace_id = %s AND (c.agent_id, c.key_id, c.visitor, c.session) = (%s, %s, %s, %s)",
        (job_id, workspace_id, place.agent_id, place.key_id, place.visitor, place.session),
    )
    if found is None:
        raise NotFound("There is no such answer to take up.", field="Last-Event-ID")
    return str(found[0])


def answer(workspace_id: str, job_id: str, told: Answered) -> str | None:
    """Keep the answer, once: the exchange's id; None when there is one already. Within the caller's transaction."""
    now = utc_now()
    found = db.row(
        "UPDATE exchange SET answer = %s, answered_at = %s, is_answered = %s, confidence = %s, sources = %s,"
        "       response_ms = %s, version = %s, vector = %s::halfvec"
        " WHERE job_id = %s AND workspace_id = %s AND answered_at IS NULL RETURNING id, agent_id, conversation_id",
        (
            told.answer, now, told.is_answered, told.confidence, msgspec.json.encode(told.sources).decode(),
            told.response_ms, told.version, figures.as_vector(told.vector) if told.vector else None, job_id,
            workspace_id,
        ),
    )  # fmt: skip
    if found is None:
        return None
    message_id, agent_id, conversation_id = found
    row = db.row(f"SELECT {_COLUMNS} FROM conversation WHERE id = %s FOR UPDATE", (conversation_id,))
    assert row
    _touch(workspace_id, agent_id, Conversation(*row), now)
    figures.count(
        workspace_id,
        agent_id,
        figures.moment(workspace_id, now),
        answers=1,
        fallbacks=int(not told.is_answered),
        response_ms=told.response_ms,
    )
    return str(message_id)


def memory(workspace_id: str, job_id: str, *, turns: int) -> list[Turn]:
    """What was said in the same conversation before what this job answers, oldest first, at most so many turns."""
    found = db.rows(
        "SELECT e.question, e.answer, e.is_answered FROM exchange this JOIN exchange e"
        "    ON e.conversation_id = this.conversation_id AND e.number < this.number"
        " WHERE this.job_id = %s AND this.workspace_id = %s AND e.answer IS NOT NULL AND e.asked_at > this.asked_at - %s"
        " ORDER BY e.number DESC LIMIT %s",
        (job_id, workspace_id, REMEMBERED, turns),
    )
    return [Turn(*one) for one in reversed(found)]


def of_key(workspace_id: str, key_id: str, message_id: str) -> Exchange:
    """An exchange that was had with this key. Raises NotFound."""
    found = None
    if is_id("message", message_id):
        found = db.row(
            "SELECT e.id, e.agent_id, e.conversation_id, e.question, e.feedback FROM exchange e"
            "  JOIN conversation c ON c.id = e.conversation_id"
            " WHERE e.id = %s AND e.workspace_id = %s AND c.key_id = %s FOR UPDATE OF e",
            (message_id, workspace_id, key_id),
        )
    if found is None:
        raise NotFound("There is no such message.", field="message_id")
    return Exchange(*found)


def judge(workspace_id: str, exchange: Exchange, feedback: Feedback, *, comment: str | None) -> bool:
    """Keep what a visitor thinks of an answer; whether that is new. A changed mind takes the old one's place."""
    now = utc_now()
    db.rows(
        "UPDATE exchange SET feedback = %s, feedback_comment = coalesce(%s, feedback_comment), feedback_at = %s"
        " WHERE id = %s AND workspace_id = %s",
        (feedback, comment, now, exchange.id, workspace_id),
    )
    if exchange.feedback == feedback:
        return False
    is_up, was_up, was_down = (
        feedback == "THUMBS_UP",
        exchange.feedback == "THUMBS_UP",
        exchange.feedback == "THUMBS_DOWN",
    )
    figures.count(
        workspace_id,
        exchange.agent_id,
        figures.moment(workspace_id, now),
        likes=int(is_up) - int(was_up),
        dislikes=int(not is_up) - int(was_down),
    )
    return True


def leave_address(conversation: Conversation, email: str) -> bool:
    """Keep a visitor's address; whether it was not known in this conversation before."""
    found = db.rows(
        "UPDATE conversation SET email = %s WHERE id = %s AND email IS DISTINCT FROM %s RETURNING 1",
        (email, conversation.id, email),
    )
    return bool(found)


def escalate(place: Place, conversation: Conversation, *, email: str | None, message: str | None) -> str:
    """Keep a visitor's call for a person; its id."""
    now = utc_now()
    escalation_id = new_id("escalation")
    db.rows(
        "INSERT INTO escalation (id, workspace_id, agent_id, conversation_id, email, message, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (escalation_id, place.workspace_id, place.agent_id, conversation.id, email, message, now),
    )
    db.rows("UPDATE conversation SET escalated_at = %s WHERE id = %s", (now, conversation.id))
    _touch(place.workspace_id, place.agent_id, conversation, now)
    figures.count(place.workspace_id, place.agent_id, figures.moment(place.workspace_id, now), escalations=1)
    return escalation_id


def prune(*, before: datetime, limit: int) -> int:
    """Forget conversations that nobody has talked in since, with all that was said (index conversation_by_age)."""
    return len(
        db.rows(
            "DELETE FROM conversation WHERE id IN (SELECT id FROM conversation WHERE last_at < %s ORDER BY last_at LIMIT %s)"
            " RETURNING 1",
            (before, limit),
        )
    )


def _touch(workspace_id: str, agent_id: str, conversation: Conversation, now: datetime, *, exchanges: int = 0) -> None:
    """Somebody has just talked: the conversation grows, and its duration with it, in the hour that it began in."""
    longer = max((now - conversation.last_at).total_seconds(), 0.0)
    db.rows(
        "UPDATE conversation SET last_at = greatest(last_at, %s), exchanges = exchanges + %s WHERE id = %s",
        (now, exchanges, conversation.id),
    )
    if longer:
        figures.count(workspace_id, agent_id, (conversation.day, conversation.hour), seconds=longer)
