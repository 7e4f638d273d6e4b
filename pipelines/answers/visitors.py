"""What a visitor of a website does: ask, judge an answer, call for a person. Each is one transaction with its lines of
the log, the month's quota and the mail that follows. Called by the widget's endpoints.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import msgspec
from msgspec import Struct

from pipelines.answers.pipeline import ANSWERS, WITHIN
from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.mail import queue
from store.accounts import attempts, members
from store.agents import conversations, queries
from store.agents.conversations import Conversation, Feedback, Place
from store.agents.values import Config
from store.jobs import events
from store.kit import db
from store.kit.errors import QuotaExceeded
from store.kit.settings import secret_key
from store.limits import quotas

LETTERS_OF_CONVERSATION = attempts.Act("escalation_of", 1, timedelta(minutes=10))
LETTERS_OF_WORKSPACE = attempts.Act("escalations_in", 30, timedelta(hours=1))
SURFACE = "insydr"


class Begun(Struct, frozen=True, kw_only=True):
    """A question that is being answered."""

    job_id: str
    message_id: str


def visitor_of(known_by: str) -> str:
    """How a visitor is kept: a keyed hash of what they are known by, which nobody can read back."""
    return hmac.new(secret_key(), b"visitor\n" + known_by.encode(), hashlib.sha256).hexdigest()[:40]


def ask(
    place: Place,
    message: str,
    *,
    page_url: str | None = None,
    email: str | None = None,
    idempotency_key: str | None = None,
) -> Begun:
    """Take a visitor's question in and submit its answer.

    Raises NotFound while the agent is not published, UsageLimitReached when the month's messages are used up,
    QuotaExceeded when the session has had its messages.
    """
    agent = queries.published(place.workspace_id, place.agent_id)
    with db.transaction():
        accepted = submit_in_transaction(
            Submission(
                workspace_id=place.workspace_id,
                pipeline=ANSWERS.name,
                input={"message": message, "agent": msgspec.to_builtins(agent), "is_kept": True},
                surface=SURFACE,
                ttl_seconds=(WITHIN + timedelta(seconds=5)).total_seconds(),
                idempotency_key=_own(place, idempotency_key) if idempotency_key else None,
                created_by=place.key_id,
            )
        )
        if accepted.replayed:
            return Begun(job_id=accepted.id, message_id=conversations.of_job(place.workspace_id, accepted.id, place))
        conversation = _enter(place, page_url=page_url)
        _refuse_when_full(agent, conversation)
        month = quotas.charge(place.workspace_id, "messages")
        if month.reached_now:
            told = {"limit": month.limit, "used": month.used, "plan": month.plan, "quota": "messages"}
            events.tell(place.workspace_id, "limit.reached", told)
        message_id = conversations.ask(place, conversation, job_id=accepted.id, question=message)
        facts = _facts(place, conversation)
        events.tell(place.workspace_id, "message.received", {"message_id": message_id, **facts, "message": message})
        if email is not None:
            _lead(place, conversation, email, message=None)
    return Begun(job_id=accepted.id, message_id=message_id)


def judge(workspace_id: str, key_id: str, message_id: str, feedback: Feedback, *, comment: str | None) -> None:
    """Keep what a visitor thinks of an answer. Raises NotFound."""
    with db.transaction():
        exchange = conversations.of_key(workspace_id, key_id, message_id)
        if conversations.judge(workspace_id, exchange, feedback, comment=comment):
            events.tell(
                workspace_id,
                "feedback.received",
                {
                    "message_id": exchange.id,
                    "conversation_id": exchange.conversation_id,
                    "agent_id": exchange.agent_id,
                    "feedback_type": feedback,
                    "comment": comment,
                },
            )


def call_a_person(place: Place, *, email: str | None, message: str | None) -> str:
    """Keep a visitor's call for a person and mail those who answer it; its id. Raises NotFound."""
    agent = queries.published(place.workspace_id, place.agent_id)
    may_mail = _may_mail(place)
    with db.transaction():
        conversation = _enter(place)
        escalation_id = conversations.escalate(place, conversation, email=email, message=message)
        events.tell(
            place.workspace_id,
            "escalation.requested",
            {"escalation_id": escalation_id, **_facts(place, conversation), "email": email, "message": message},
        )
        if email is not None:
            _lead(place, conversation, email, message=message)
        if may_mail:
            owners = members.addresses(place.workspace_id, at_least="OWNER")
            for address in [agent.escalation_email] if agent.escalation_email else owners:
                queue.escalation(
                    address,
                    conversation.id,
                    agent=agent.name,
                    email=email,
                    message=message,
                    workspace_id=place.workspace_id,
                )
    return escalation_id


def _may_mail(place: Place) -> bool:
    """Whether another letter may go out: what is called beyond that is kept and told in the log all the same."""
    conversation = f"{place.agent_id} {place.visitor} {place.session}"
    return attempts.take(LETTERS_OF_CONVERSATION, conversation) and attempts.take(
        LETTERS_OF_WORKSPACE, place.workspace_id
    )


def _enter(place: Place, *, page_url: str | None = None) -> Conversation:
    conversation = conversations.enter(place, page_url=page_url)
    if conversation.is_new:
        events.tell(place.workspace_id, "conversation.started", _facts(place, conversation))
    return conversation


def _lead(place: Place, conversation: Conversation, email: str, *, message: str | None) -> None:
    if conversations.leave_address(conversation, email):
        facts = _facts(place, conversation)
        events.tell(place.workspace_id, "lead.captured", {**facts, "email": email, "message": message})


def _facts(place: Place, conversation: Conversation) -> dict[str, str]:
    return {"conversation_id": conversation.id, "agent_id": place.agent_id, "session_id": place.session}


def _refuse_when_full(agent: Config, conversation: Conversation) -> None:
    if 0 < agent.max_messages_per_session <= conversation.exchanges:
        raise QuotaExceeded(
            "This conversation has had its messages; begin a new one.",
            retry_after=timedelta(hours=1),
            code="session_full",
        )


def _own(place: Place, given: str) -> str:
    """Idempotency keys of visitors are each visitor's own."""
    whole = f"{place.agent_id}\n{place.key_id}\n{place.visitor}\n{place.session}\n{given}"
    return f"widget:{hashlib.sha256(whole.encode()).hexdigest()}"
