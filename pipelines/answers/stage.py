"""The stage *answer*: from a question to an answer that is told as it comes, and kept where it belongs to a visitor."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from pipelines.answers.pipeline import GROUPING, AnswersInput
from pipelines.answers.records import Reply, pieces
from pipelines.answers.respond import Response, respond
from pipelines.engine import schedules
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.engine.relay import Relay
from store.agents import conversations, questions
from store.agents.conversations import Answered
from store.agents.questions import Asked
from store.kit import structs

REMEMBERED_TURNS = 4
NIGHTLY = "23 3 * * *"


def answer(ctx: Context) -> Outcome:
    """Answer the job's question."""
    began = time.monotonic()
    wanted = structs.convert(ctx.input, AnswersInput)
    relay = Relay(ctx)

    def tell(text: str) -> None:
        relay.send(*({"type": "token", "content": word} for word in pieces(text)))

    turns = conversations.memory(ctx.workspace_id, ctx.job_id, turns=REMEMBERED_TURNS) if wanted.is_kept else []
    response = respond(ctx.workspace_id, wanted.message, wanted.agent, turns, tell=tell, cancelled=ctx.cancelled)
    reply = response.reply
    shown = [msgspec.to_builtins(one) for one in reply.sources] if wanted.agent.show_sources else []
    relay.send({"type": "sources", "sources": shown})
    if wanted.is_kept:
        took = time.monotonic() - began + ctx.claim.waited_seconds
        _keep(ctx, wanted, response, round(took * 1000))
    return Outcome(output=_result(reply, shown))


def _result(reply: Reply, shown: list[Any]) -> dict[str, Any]:
    return {
        "response": reply.text,
        "sources": shown,
        "confidence": round(reply.confidence, 4),
        "answered": reply.is_answered,
        "escalate": reply.escalate,
        "mode": reply.mode,
        "note": reply.note,
    }


def _keep(ctx: Context, wanted: AnswersInput, response: Response, response_ms: int) -> None:
    reply, vector = response.reply, response.vector
    is_first = False
    with ctx.transaction():
        message_id = conversations.answer(
            ctx.workspace_id,
            ctx.job_id,
            Answered(
                answer=reply.text,
                is_answered=reply.is_answered,
                confidence=reply.confidence,
                sources=[msgspec.to_builtins(one) for one in reply.sources],
                response_ms=response_ms,
                version=wanted.agent.version,
                vector=vector,
            ),
        )
        if message_id is not None and vector is not None:
            asked = Asked(message_id, wanted.message, vector, reply.confidence, reply.is_answered)
            is_first = questions.assign(ctx.workspace_id, asked)
    if is_first:
        schedules.put(
            ctx.workspace_id, GROUPING.name, cron=NIGHTLY, pipeline=GROUPING.name, job_input={}, surface="insydr"
        )
