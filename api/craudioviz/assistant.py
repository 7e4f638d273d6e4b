"""/v1/ai/chat: the assistant (Javari). What runs is told in pipelines/assistant/__init__.py."""

from __future__ import annotations

from msgspec import UNSET

from api.craudioviz.assistant_types import BeginChat, ContinueChat, History, Reply, SaidView
from api.kit import ask
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.surface import CRAUDIOVIZ
from api.kit.threads import pool
from pipelines.assistant.pipeline import WITHIN, AssistantInput, submission
from store.chats import queries as chats
from store.chats.queries import Turn
from store.kit import structs
from store.kit.clock import rfc3339
from store.projects import queries as projects


class Chats:
    """POST: begin a conversation."""

    @operation("Talk with the assistant", body=BeginChat, returns=Reply)
    async def on_post(self, caller: Principal, body: BeginChat, request: Request) -> Reply:
        """It asks for what a tool needs, and starts the tool when told to; the reply names the job then."""
        return await _reply(caller, body, request, None)


class ChatMessages:
    """POST: go on with it."""

    @operation("Go on talking with the assistant", body=ContinueChat, returns=Reply)
    async def on_post(self, caller: Principal, chat_id: str, body: ContinueChat, request: Request) -> Reply:
        await pool("database").run(chats.get, caller.workspace_id, "assistant", chat_id)
        return await _reply(caller, body, request, chat_id)


class ChatHistory:
    """GET: all that was said."""

    @operation("Read a chat", returns=History)
    def on_get(self, caller: Principal, chat_id: str) -> History:
        chat = chats.get(caller.workspace_id, "assistant", chat_id)
        return History(
            chat_id=chat.id,
            messages=[_said(turn) for turn in chats.turns(chat.id)],
            created_at=rfc3339(chat.created_at),
            updated_at=rfc3339(chat.updated_at),
        )


async def _reply(caller: Principal, body: BeginChat, request: Request, chat_id: str | None) -> Reply:
    project_id = body.context.project_id if body.context else None
    if project_id is not None:
        await pool("database").run(projects.check, caller.workspace_id, project_id)
    wanted = AssistantInput(
        message=body.message,
        owner=caller.user_id or caller.key_id or caller.workspace_id,
        chat_id=chat_id,
        project_id=project_id,
        sandbox=caller.is_test,
    )
    wish = submission(caller.workspace_id, wanted, surface=CRAUDIOVIZ.name, idempotency_key=request.idempotency_key)
    return structs.convert(await ask.answer(wish, within=WITHIN), Reply)


def _said(turn: Turn) -> SaidView:
    return SaidView(
        role=turn.role,
        content=turn.content,
        created_at=rfc3339(turn.created_at),
        suggestions=turn.data.get("suggestions", UNSET),
        job_id=turn.data.get("job_id", UNSET),
    )
