"""*collect*: what the platforms answered, sorted; the answers that a model is to read, a few for each task.

`perception.rejudge` begins here. The facts that hold now are those that answers are judged by.
"""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception import consulting, profile
from pipelines.perception.pipeline import PIPELINE, REJUDGE
from pipelines.perception.records import BrandFacts
from pipelines.perception.stages.consult import CALLS_A_TASK
from pipelines.perception.stages.current import scan_of
from pipelines.perception.stages.judge import version
from store.kit import structs
from store.perception import answers, consultations, scans
from store.perception.scans import ScanNow


def run(ctx: Context) -> Outcome:
    """The parts of *consult*; none without a model. Fails when nothing was answered."""
    scan = scan_of(ctx)
    facts = profile.facts_of(ctx.workspace_id, scan.brand_id)
    known = structs.convert(scan.facts, BrandFacts) if scan.facts else None
    is_scan = ctx.pipeline.name == PIPELINE.name
    if ctx.pipeline.name == REJUDGE.name and not scan.is_over:
        raise Permanent("scan_under_way", "The scan's platforms are being asked again; judge it when that is over.")
    with ctx.transaction():
        answers.close_open(
            ctx.workspace_id, scan.id, code="worker_lost", message="Nobody could ask this question to its end."
        )
        scans.set_facts(ctx.workspace_id, scan.id, msgspec.to_builtins(facts))
        if not is_scan:
            consultations.begin_anew(ctx.workspace_id, scan.id)
    valid = answers.ids_in(ctx.workspace_id, scan.id, states=["valid"])
    if not valid:
        raise Permanent("no_answers", "No platform gave an answer.", retryable=True)
    keeps = is_scan and known == facts
    is_read = consulting.model() is not None and set(scan.platforms) != set(scan.sandboxed)
    left = left_of(scan, keeps=keeps) if is_read else []
    return Outcome(
        output={"valid": len(valid), "keeps": keeps},
        parts=[{"answerIds": left[at : at + CALLS_A_TASK]} for at in range(0, len(left), CALLS_A_TASK)],
    )


def left_of(scan: ScanNow, *, keeps: bool) -> list[str]:
    """Ids of the answers that are to be judged. With `keeps` those that this judge has judged by these facts already,
    while others were being asked, are not judged again."""
    return answers.ids_in(scan.workspace_id, scan.id, states=["valid"], not_judged_by=version() if keeps else None)
