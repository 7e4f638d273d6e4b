"""The sandbox's part of *ask*: a handful of cells that no platform is asked for."""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception import early
from pipelines.perception.records import BrandFacts
from pipelines.perception.sandbox import Asked, answer
from store.insights import corrections
from store.kit import structs
from store.perception import answers, scans
from store.perception.answers import OPEN, Told
from store.perception.tables import Answer


def run(ctx: Context) -> Outcome:
    """Answer the part's cells from the facts that the scan was planned with. What was approved counts as published."""
    held = [one for one in answers.many(ctx.workspace_id, ctx.part["answerIds"]) if one.state in OPEN]
    if held:
        scan = scans.get(ctx.workspace_id, held[0].scan_id)
        facts = structs.convert(scan.facts, BrandFacts)
        published = published_in(ctx.workspace_id, scan.brand_id)
        for one in held:
            ctx.check()
            _keep(one, facts, published)
        early.begin(ctx.workspace_id, scan.id, ctx.part["answerIds"], sandbox=True)
    return Outcome(output={"answered": len(held)})


def published_in(workspace_id: str, brand_id: str) -> frozenset[str]:
    """What approved corrections were about: ids of facts, and keys of insights that are about no fact."""
    approved = corrections.published(workspace_id, brand_id)
    return frozenset(one.fact_id or one.key for one in approved)


def _keep(one: Answer, facts: BrandFacts, published: frozenset[str]) -> None:
    reply = answer(
        facts,
        Asked(
            text=one.prompt.text,
            intent=one.prompt.intent,
            branded=one.prompt.branded,
            platform=one.platform,
            repeat=one.repeat,
        ),
        published=published,
    )
    answers.keep(
        one.workspace_id,
        one.id,
        Told(
            state=reply.state,
            text=reply.text,
            citations=reply.citations,
            queries=reply.queries,
            usage=msgspec.to_builtins(reply.usage),
            cost_nano=0,
            cost_source="reported",
            model=reply.model,
        ),
    )
