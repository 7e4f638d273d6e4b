"""Keeping and finding answers. A workspace pays for its own: answers are not shared between workspaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from store.kit.clock import utc_now
from store.llm.tables import LlmAnswer


def find(workspace_id: str, key: str) -> Any | None:
    """The answer kept under this key, or None."""
    row = LlmAnswer.get_or_none(LlmAnswer.workspace_id == workspace_id, LlmAnswer.key == key)
    return None if row is None else row.answer


def keep(workspace_id: str, key: str, *, model: str, answer: Any, tokens: int) -> None:
    """Remember an answer. Idempotent: the first one stays."""
    LlmAnswer.insert(
        workspace_id=workspace_id, key=key, model=model, answer=answer, tokens=tokens, created_at=utc_now()
    ).on_conflict_ignore().execute()


def prune(*, older_than: timedelta, limit: int) -> int:
    """Forget old answers, at most `limit`; how many."""
    old = LlmAnswer.created_at < utc_now() - older_than
    keys = LlmAnswer.select(LlmAnswer.workspace_id, LlmAnswer.key).where(old).limit(limit)
    batch = [(row.workspace_id, row.key) for row in keys]
    for workspace_id, key in batch:
        LlmAnswer.delete().where(LlmAnswer.workspace_id == workspace_id, LlmAnswer.key == key).execute()
    return len(batch)
