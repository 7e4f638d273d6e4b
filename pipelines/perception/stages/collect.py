"""*collect*: what the platforms answered, sorted; the answers that are still to be judged, in handfuls.

`perception.rejudge` begins here. The facts that hold now are those that answers are judged by.
"""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception import profile
from store.kit.settings import settings
from store.perception import answers, scans
from store.perception.scans import ScanNow


def run(ctx: Context) -> Outcome:
    """The parts of *judge*. Fails when nothing was answered."""
    scan = scan_of(ctx)
    facts = profile.facts_of(ctx.workspace_id, scan.brand_id)
    with ctx.transaction():
        answers.close_open(
            ctx.workspace_id, scan.id, code="worker_lost", message="Nobody could ask this question to its end."
        )
        scans.set_facts(ctx.workspace_id, scan.id, msgspec.to_builtins(facts))
    valid = answers.ids_in(ctx.workspace_id, scan.id, states=["valid"])
    if not valid:
        told = {f"{platform}: {state}": count for platform, state, count in answers.counts(ctx.workspace_id, scan.id)}
        raise Permanent("no_answers", "No platform gave an answer.", retryable=True, cells=told)
    size = settings().perception.judge_batch
    return Outcome(
        output={"valid": len(valid)},
        parts=[{"answerIds": valid[at : at + size]} for at in range(0, len(valid), size)],
    )


def scan_of(ctx: Context) -> ScanNow:
    """The scan that this job makes, or that it judges anew."""
    if "scanId" in ctx.input:
        return scans.get(ctx.workspace_id, ctx.input["scanId"])
    found = scans.find_of_job(ctx.workspace_id, ctx.job_id)
    if found is None:
        raise Permanent("scan_gone", "The scan was removed while it was under way.")
    return found
