"""The one stage of `perception.prompts`: questions from the profile, kept for the next scans."""

from __future__ import annotations

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception.pipeline import PromptsInput
from pipelines.perception.questions import questions, subject_of
from store.brands import queries as brands
from store.kit import structs
from store.perception import prompts


def run(ctx: Context) -> Outcome:
    """Their ids, in order; fewer than asked for when the profile has not enough to ask about."""
    wanted = structs.convert(ctx.input, PromptsInput)
    brand = brands.get(ctx.workspace_id, wanted.brand360_id, field="brand360Id")
    found = questions(subject_of(ctx.workspace_id, brand.id), wanted.count, wanted.categories)
    with ctx.transaction():
        kept = prompts.keep(ctx.workspace_id, brand.id, found)
    return Outcome(output={"promptIds": [one.id for one in kept]})
