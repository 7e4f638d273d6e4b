"""Chats and what was said in them. Whoever writes a turn holds the chat, so that two at once come one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from store.chats.tables import Chat, ChatTurn
from store.kit.clock import utc_now
from store.kit.db import rows, transaction
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id

Kind = Literal["ocean", "assistant"]
Role = Literal["user", "assistant"]
MOST_TURNS = 1000  # of one chat that are told; the oldest are left out


class Turn(Struct, frozen=True, kw_only=True):
    """One thing that was said. `number` counts from 1."""

    number: int
    role: Role
    content: str
    data: dict[str, Any]
    created_at: datetime


class Said(Struct, frozen=True, kw_only=True):
    """Something to add to a chat."""

    role: Role
    content: str
    data: dict[str, Any] = {}


def find(workspace_id: str, kind: Kind, owner: str, label: str) -> Chat | None:
    """The owner's chat of that name, if there is one."""
    mine = (Chat.workspace_id == workspace_id) & (Chat.kind == kind) & (Chat.owner == owner)
    return Chat.get_or_none(mine, Chat.label == label)


def get(workspace_id: str, kind: Kind, chat_id: str) -> Chat:
    """The workspace's chat with this id. Raises NotFound."""
    found = None
    if is_id("chat", chat_id):
        mine = (Chat.workspace_id == workspace_id) & (Chat.kind == kind)
        found = Chat.get_or_none(mine, Chat.id == chat_id)
    if found is None:
        raise NotFound("There is no such chat.", code="chat_not_found", id=chat_id[:100])
    return found


def ensure(workspace_id: str, kind: Kind, owner: str, label: str | None = None, **state: Any) -> Chat:
    """The owner's chat of that name, made if there is none; without a name a new one, named by its id."""
    chat_id, now = new_id("chat"), utc_now()
    made = (
        Chat.insert(
            id=chat_id,
            workspace_id=workspace_id,
            kind=kind,
            owner=owner,
            label=chat_id if label is None else label,
            state=state,
            created_at=now,
            updated_at=now,
        )
        .on_conflict(conflict_target=[Chat.workspace_id, Chat.kind, Chat.owner, Chat.label], preserve=[Chat.updated_at])
        .returning(Chat)
        .execute()
    )
    return next(iter(made))


def turns(chat_id: str, *, last: int = MOST_TURNS) -> list[Turn]:
    """The newest turns, in the order in which they were said."""
    found = ChatTurn.select().where(ChatTurn.chat_id == chat_id).order_by(ChatTurn.number.desc()).limit(last)
    return [Turn(**{field: getattr(one, field) for field in Turn.__struct_fields__}) for one in reversed(list(found))]


def add(chat_id: str, said: Sequence[Said], *, state: dict[str, Any] | None = None) -> int:
    """Write what was said, and the new state if there is one; the number of the last turn. Raises NotFound."""
    now = utc_now()
    with transaction():
        chat = Chat.select().where(Chat.id == chat_id).for_update().first()
        if chat is None:
            raise NotFound("There is no such chat any more.", code="chat_not_found", id=chat_id)
        newest = ChatTurn.select(ChatTurn.number).where(ChatTurn.chat_id == chat_id).order_by(ChatTurn.number.desc())
        number = newest.limit(1).scalar() or 0
        for number, one in enumerate(said, number + 1):  # noqa: B020 - counts on from the newest
            ChatTurn.insert(
                chat_id=chat_id,
                number=number,
                workspace_id=chat.workspace_id,
                role=one.role,
                content=one.content,
                data=one.data,
                created_at=now,
            ).execute()
        Chat.update(updated_at=now, **({} if state is None else {"state": state})).where(Chat.id == chat_id).execute()
    return int(number)


def prune(*, older_than: timedelta, limit: int) -> int:
    """Forget chats in which nothing was said for so long, at most `limit`; how many."""
    return len(
        rows(
            "DELETE FROM chat WHERE id = ANY (ARRAY(SELECT id FROM chat WHERE updated_at < %s LIMIT %s)) RETURNING 1",
            (utc_now() - older_than, limit),
        )
    )
