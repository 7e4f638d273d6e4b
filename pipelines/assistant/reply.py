"""The one stage of the assistant: read the message, start the tool if it says so, remember both sides."""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.assistant import dialogue, model
from pipelines.assistant.dialogue import State, Step
from pipelines.assistant.pipeline import AssistantInput
from pipelines.clients.llm import LlmError
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.tools.catalog import tools
from pipelines.tools.execute import execute
from store.chats import queries as chats
from store.chats.queries import Said
from store.chats.tables import Chat
from store.kit import log, structs
from store.kit.errors import InvalidInput, NotFound, PaymentRequired
from store.kit.settings import settings

logger = log.get("pipelines.assistant.reply")
REMEMBERED_TURNS = 20


def run(ctx: Context) -> Outcome:
    """Answer the job's message."""
    wanted = structs.convert(ctx.input, AssistantInput)
    chat = _chat(ctx, wanted)
    state = structs.convert(chat.state.get("dialogue", {}), State)
    project_id = wanted.project_id or chat.state.get("project_id")
    step, note = _step(ctx, wanted.message, state, chat)
    job_id, tool_id = None, step.state.tool
    if step.start:
        step, job_id = _start(ctx, wanted, step.state, project_id)
    result: dict[str, Any] = {"reply": step.reply, "suggestions": step.suggestions, "chat_id": chat.id}
    result |= {"tool": tool_id} if tool_id else {}
    result |= {"job_id": job_id} if job_id else {}
    result |= {"note": note} if note else {}
    beside = {name: value for name, value in result.items() if name not in ("reply", "chat_id")}
    with ctx.transaction():
        chats.add(
            chat.id,
            [
                Said(role="user", content=wanted.message),
                Said(role="assistant", content=step.reply, data=beside),
            ],
            state={"dialogue": msgspec.to_builtins(step.state), "project_id": project_id},
        )
    return Outcome(output=result)


def _chat(ctx: Context, wanted: AssistantInput) -> Chat:
    """The chat; a new one is named by its job, so that a second attempt finds it."""
    if wanted.chat_id is not None:
        return chats.get(ctx.workspace_id, "assistant", wanted.chat_id)
    return chats.ensure(ctx.workspace_id, "assistant", wanted.owner, ctx.job_id)


def _step(ctx: Context, message: str, state: State, chat: Chat) -> tuple[Step, str | None]:
    """What to answer, and what was degraded."""
    if settings().llm.provider == "none":
        return dialogue.step(message, state, tools()), None
    try:
        before = chats.turns(chat.id, last=REMEMBERED_TURNS)
        return model.step(message, state, tools(), before, cancelled=ctx.cancelled), None
    except LlmError as error:
        ctx.check()
        logger.warning("assistant.without_model", code=error.code, detail=error.message)
        return dialogue.step(message, state, tools()), f"llm_{error.code}"


def _start(ctx: Context, wanted: AssistantInput, state: State, project_id: str | None) -> tuple[Step, str | None]:
    """Start the tool; a second attempt of this stage finds the job that the first one made."""
    tool = tools()[str(state.tool)]
    try:
        accepted = execute(
            ctx.workspace_id,
            tool.id,
            state.inputs,
            project_id=project_id,
            surface=ctx.claim.surface,
            sandbox=wanted.sandbox,
            created_by=wanted.owner,
            idempotency_key=f"assistant:{ctx.job_id}",
        )
    except (InvalidInput, NotFound, PaymentRequired) as error:
        field = error.fields.get("field")
        return dialogue.after_refusal(state, tool, field=field, message=error.message), None
    return dialogue.after_start(tool, accepted.id, state, tools()), accepted.id
