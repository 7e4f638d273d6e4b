"""*weigh*: the last stage of a verification: the correction is verified, or has failed, by what was answered now."""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception.cells import cell
from pipelines.perception.corrections.weighing import Weighed, weigh
from pipelines.perception.insights.showing import probe_of
from pipelines.perception.records import BrandFacts
from pipelines.perception.scores import ScanScore, documented
from pipelines.perception.stages.collect import scan_of
from store.insights import corrections, queries
from store.kit import structs
from store.perception import answers, scans

SHOWN = 10  # answers that still have it, named in the result


def run(ctx: Context) -> Outcome:
    """Decide, and write it down with the scan's end. A verified correction resolves its insight."""
    scan = scan_of(ctx)
    held = corrections.of_job(ctx.workspace_id, ctx.job_id)
    if held is None:
        raise Permanent("correction_gone", "The correction was removed, or another verification has begun.")
    insight = queries.get(ctx.workspace_id, held.insight_id)
    facts, score = structs.convert(scan.facts, BrandFacts), structs.convert(ctx.output_of("score"), ScanScore)
    probe = probe_of(insight.type, fact_id=insight.fact_id, key=insight.key, subject=insight.subject, facts=facts)
    answered = answers.of_scan(ctx.workspace_id, scan.id)
    cells = [cell(one) for one in answered]
    is_believed = held.approved_at is not None and set(scan.platforms) <= set(scan.sandboxed)
    result = weigh((held.verification or {})["before"], cells, probe, is_believed=is_believed)
    if insight.fact_id is not None and all(fact.id != insight.fact_id for fact in facts.facts):
        result = msgspec.structs.replace(result, is_verified=False, reason="fact_gone")
    told = _told(result) | {
        "scanId": scan.id,
        "sandbox": score.sandbox,
        "platforms": scan.platforms,
        "shownIn": [one.answer_id for one in cells if one.state == "valid" and probe.shows(one)][:SHOWN],
    }
    with ctx.transaction():
        scans.complete(
            ctx.workspace_id,
            scan.id,
            facts=msgspec.to_builtins(facts),
            score=msgspec.to_builtins(score),
            metrics=documented(score.metrics),
            quadrant=score.quadrant,
            judge_version=next((one.judge_version for one in answered if one.judge_version), ""),
        )
        is_settled = corrections.settle(
            ctx.workspace_id, held.id, job_id=ctx.job_id, is_verified=result.is_verified, verification=told
        )
        if is_settled and result.is_verified:
            queries.resolve(ctx.workspace_id, insight.id)
    return Outcome(output={"workflowId": held.id, "status": "verified" if result.is_verified else "failed", **told})


def _told(result: Weighed) -> dict[str, object]:
    """The result for people and programs: shares with three decimals."""
    told = msgspec.to_builtins(result)
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in told.items()
        if value is not None
    }
