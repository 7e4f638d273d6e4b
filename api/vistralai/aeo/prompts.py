"""/api/aeo/prompts: the questions of a brand, made from its profile and asked by its scans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from api.kit import ask, paging
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.vistralai.aeo.prompt_types import Generated, GeneratePrompts, ListPrompts, PromptInList, PromptView
from api.vistralai.onboarding import who
from pipelines.engine.submit import Submission
from pipelines.perception import pipeline
from pipelines.perception.pipeline import PromptsInput
from store.brands import queries as brands
from store.perception import prompts
from store.perception.tables import Prompt

LISTING = "prompts"
WITHIN = timedelta(seconds=20)


class Prompts:
    """/api/aeo/prompts."""

    @operation("List a brand's prompts, newest first", query=ListPrompts, returns=list[PromptInList])
    def on_get(self, caller: Principal, query: ListPrompts, request: Request) -> Answer:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        found = prompts.page(
            caller.workspace_id,
            brand.id,
            limit=query.limit + 1,
            before_id=paging.before(LISTING, "prompt", query.cursor),
        )
        return paging.page(request, LISTING, found, limit=query.limit, show=_in_list)


class PromptGeneration:
    """/api/aeo/prompts/generate."""

    @operation("Make prompts from the brand's profile", body=GeneratePrompts, returns=Generated)
    async def on_post(self, caller: Principal, body: GeneratePrompts, request: Request) -> Generated:
        """The same profile gives the same prompts; a longer list begins with the shorter one."""
        wanted = PromptsInput(
            brand360_id=body.brand360_id,
            count=body.count,
            categories=body.categories or ["product", "brand", "competitor"],
        )
        await pool("database").run(pipeline.check_prompts, caller.workspace_id, wanted)
        told = await ask.answer(
            Submission(
                workspace_id=caller.workspace_id,
                pipeline=pipeline.PROMPTS.name,
                input=wanted,
                surface=request.surface.name,
                created_by=who(caller),
            ),
            within=WITHIN,
        )
        found = await pool("database").run(_read, caller.workspace_id, body.brand360_id, told["promptIds"])
        return Generated(prompts=[_view(one) for one in found], count=len(found))


def _read(workspace_id: str, label: str, prompt_ids: Sequence[str]) -> list[Prompt]:
    return prompts.many(workspace_id, brands.get(workspace_id, label, field="brand360Id").id, prompt_ids)


def _view(row: Prompt) -> PromptView:
    return PromptView(**_common(row))


def _in_list(row: Prompt) -> PromptInList:
    return PromptInList(
        **_common(row), usage_count=row.usage_count, created_at=row.created_at, last_used_at=row.last_used_at
    )


def _common(row: Prompt) -> dict[str, Any]:
    return {"id": row.id, "text": row.text, "category": row.category, "intent": row.intent, "branded": row.branded}
