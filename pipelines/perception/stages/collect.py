"""*collect*: what the platforms answered, sorted; the answers that are still to be judged, in handfuls.

`perception.rejudge` begins here. The facts that hold now are those that answers are judged by.
"""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception import profile
from pipelines.perception.pipeline import PIPELINE
from pipelines.perception.records import BrandFacts
from pipelines.perception.stages.current import scan_of
from pipelines.perception.stages.judge import version
from store.kit import structs
from store.kit.settings import settings
from store.perception import answers, scans


def run(ctx: Context) -> Outcome:
    """The parts of *judge*. Fails when nothing was answered."""
    scan = scan_of(ctx)
    facts = profile.facts_of(ctx.workspace_id, scan.brand_id)
    known = structs.convert(scan.facts, BrandFacts) if scan.facts else None
    with ctx.transaction():
        answers.close_open(
            ctx.workspace_id, scan.id, code="worker_lost", message="Nobody could ask this question to its end."
        )
        scans.set_facts(ctx.workspace_id, scan.id, msgspec.to_builtins(facts))
    valid = answers.ids_in(ctx.workspace_id, scan.id, states=["valid"])
    if not valid:
        told = {f"{platform}: {state}": count for platform, state, count in answers.counts(ctx.workspace_id, scan.id)}
        raise Permanent("no_answers", "No platform gave an answer.", retryable=True, cells=told)
    # What was judged by this judge and by these facts, while others were being asked, need not be judged again.
    is_early = ctx.pipeline.name == PIPELINE.name and known == facts
    left = answers.ids_in(ctx.workspace_id, scan.id, states=["valid"], not_judged_by=version()) if is_early else valid
    size = settings().perception.judge_batch
    return Outcome(
        output={"valid": len(valid)},
        parts=[{"answerIds": left[at : at + size]} for at in range(0, len(left), size)],
    )
