"""The questions of a brand: each kept once, whoever thought of it, and how often it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from store.brands.values import name_key
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import new_id
from store.perception.tables import Prompt


class NewPrompt(Struct, frozen=True, kw_only=True):
    """A question as the plan makes it; `branded`: it names the brand."""

    text: str
    category: str
    intent: str
    branded: bool


def keep(workspace_id: str, brand_id: str, wanted: Sequence[NewPrompt]) -> list[Prompt]:
    """The brand's prompts for these questions, in their order; one that is there already stays as it is."""
    now = utc_now()
    ids = sorted(new_id("prompt") for _ in wanted)  # ids of one millisecond have no order of their own
    rows = [
        {
            "id": prompt_id,
            "workspace_id": workspace_id,
            "brand_id": brand_id,
            "text": one.text,
            "text_key": name_key(one.text),
            "category": one.category,
            "intent": one.intent,
            "branded": one.branded,
            "created_at": now,
        }
        for prompt_id, one in zip(ids, wanted, strict=True)
    ]
    if rows:
        Prompt.insert_many(rows).on_conflict_ignore().execute()
    mine = (Prompt.workspace_id == workspace_id) & (Prompt.brand_id == brand_id)
    found = Prompt.select().where(mine, Prompt.text_key.in_([str(row["text_key"]) for row in rows]))
    known = {row.text_key: row for row in found}
    return [known[key] for key in dict.fromkeys(str(row["text_key"]) for row in rows)]


def page(workspace_id: str, brand_id: str, *, limit: int, before_id: str | None = None) -> list[Prompt]:
    """The brand's prompts, newest first (index prompt_by_brand)."""
    mine = (Prompt.workspace_id == workspace_id) & (Prompt.brand_id == brand_id)
    chosen = Prompt.select().where(mine, Prompt.id < (before_id or "prompt_~"))
    return list(chosen.order_by(Prompt.id.desc()).limit(limit))


def many(workspace_id: str, brand_id: str, prompt_ids: Sequence[str]) -> list[Prompt]:
    """These prompts of the brand, in this order. Raises NotFound for one that it does not have."""
    mine = (Prompt.workspace_id == workspace_id) & (Prompt.brand_id == brand_id)
    found = {row.id: row for row in Prompt.select().where(mine, Prompt.id.in_(list(prompt_ids)))}
    for one in prompt_ids:
        if one not in found:
            raise NotFound("There is no such prompt.", field="promptId", value=one)
    return [found[one] for one in prompt_ids]


def count_use(workspace_id: str, prompt_ids: Sequence[str]) -> None:
    """One more scan asks these prompts. Scans that begin together lock them in one order."""
    db.rows(
        "WITH mine AS MATERIALIZED (SELECT id FROM prompt WHERE workspace_id = %s AND id = ANY (%s) ORDER BY id FOR UPDATE)"
        " UPDATE prompt SET usage_count = usage_count + 1, last_used_at = now() FROM mine WHERE prompt.id = mine.id",
        (workspace_id, list(prompt_ids)),
    )
