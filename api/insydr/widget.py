"""/api/v1/widget/…: what web pages call with a publishable key. A page sees one published agent and its own visitor."""

from __future__ import annotations

from collections.abc import Sequence

from api.insydr.widget_types import (
    CallPerson,
    ChatMessage,
    Escalated,
    Metadata,
    Received,
    SendFeedback,
    WidgetConfig,
    config_view,
)
from api.kit import ask, metrics, relay, stream
from api.kit.answer import Answer
from api.kit.errors import problem_of
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.relay import Frame
from api.kit.request import Request
from api.kit.surface import INSYDR
from api.kit.threads import pool
from pipelines.answers import visitors
from pipelines.answers.pipeline import ANSWERS, WITHIN
from pipelines.answers.records import pieces
from store.agents import conversations, queries
from store.agents.conversations import Place
from store.jobs.queries import Job


class Config:
    """/api/v1/widget/config/{agent_id}."""

    @operation("Get a widget's configuration", returns=WidgetConfig, auth="publishable")
    def on_get(self, caller: Principal, agent_id: str) -> WidgetConfig:
        """Of what is published. 404 while nothing is."""
        return config_view(queries.published(caller.workspace_id, agent_id))


class Chat:
    """/api/v1/widget/chat."""

    @operation(
        "Send a chat message; the answer is text/event-stream",
        body=ChatMessage,
        returns=relay.Events,
        auth="publishable",
        load="heavy",
    )
    async def on_post(self, caller: Principal, body: ChatMessage, request: Request) -> Answer:
        """Frames `start`, `token`, `sources`, `done`; `error` in their place when there is no answer.

        The same Idempotency-Key asks once. `Last-Event-ID` takes an answer up again; a second `start` says that all
        of it follows. An answer whose client has left is cancelled.
        """
        stream.refuse_when_full()
        place = _place(caller, request, body.agent_id, body.session_id, body.metadata)
        known = relay.resumed(request.header(b"last-event-id"))
        if known is not None:
            message_id = await pool("database").run(conversations.of_job, caller.workspace_id, known[0], place)
            begun, after = visitors.Begun(job_id=known[0], message_id=message_id), known[1]
        else:
            after = relay.START
            begun = await pool("database").run(
                visitors.ask,
                place,
                body.message,
                page_url=body.metadata.page_url,
                email=body.metadata.email,
                idempotency_key=request.idempotency_key,
            )
            metrics.count_submitted(ANSWERS.name)
        start: Frame = {"type": "start", "message_id": begun.message_id}
        return relay.answer(
            request,
            caller.workspace_id,
            begun.job_id,
            within=WITHIN,
            rest=lambda job, told: _rest(start, job, told),
            first=[start],
            after=after,
        )


class Feedback:
    """/api/v1/widget/feedback."""

    @operation("Submit feedback on an answer", body=SendFeedback, returns=Received, auth="publishable")
    def on_post(self, caller: Principal, body: SendFeedback) -> Received:
        """Sent again, the last one counts."""
        assert caller.key_id is not None
        visitors.judge(caller.workspace_id, caller.key_id, body.message_id, body.feedback_type, comment=body.comment)
        return Received(message="Thank you for your feedback.")


class Escalate:
    """/api/v1/widget/escalate."""

    @operation("Ask for a person", body=CallPerson, returns=Escalated, auth="publishable", load="heavy")
    def on_post(self, caller: Principal, body: CallPerson, request: Request) -> Escalated:
        """Kept, told in the log and mailed to the workspace's people."""
        place = _place(caller, request, body.agent_id, body.session_id, body.metadata)
        email = body.email or body.metadata.email
        return Escalated(id=visitors.call_a_person(place, email=email, message=body.message))


def _place(caller: Principal, request: Request, agent_id: str, session_id: str, metadata: Metadata) -> Place:
    """Where the visitor talks. Who sends no id of their own is known by address and browser."""
    assert caller.key_id is not None
    browser = request.header(b"user-agent") or ""
    return Place(
        workspace_id=caller.workspace_id,
        agent_id=agent_id,
        key_id=caller.key_id,
        visitor=visitors.visitor_of(metadata.visitor_id or f"{request.client_address}\n{browser}"),
        session=session_id,
    )


def _rest(start: Frame, job: Job, told: Sequence[Frame] | None) -> list[Frame]:
    """The end of an answer's stream: what the visitor's page has not seen of it, or all of it again."""
    if job.state != "completed":
        problem = problem_of(ask.error_of(job))
        return [{"type": "error", "detail": problem.message, "code": INSYDR.code(problem)}]
    result = job.result
    missing = relay.unseen(result["response"], told)
    frames: list[Frame] = []
    if missing is None:
        frames, missing, told = [start], result["response"], ()
    frames += [{"type": "token", "content": word} for word in pieces(missing)]
    if not any(frame["type"] == "sources" for frame in told or ()):
        frames.append({"type": "sources", "sources": result["sources"]})
    done: Frame = {"type": "done", "confidence": result["confidence"], "answered": result["answered"]}
    if result["escalate"]:
        done["escalate"] = True
    if result["note"]:
        done["note"] = result["note"]
    return [*frames, done]
