"""*insights*: what follows from the numbers; from here on the scan is completed."""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception.cells import cell, cells_of, texts_of
from pipelines.perception.insights import keeping
from pipelines.perception.judges import version_of
from pipelines.perception.records import BrandFacts
from pipelines.perception.scores import ScanScore, documented
from pipelines.perception.stages.current import scan_of
from store.brands import queries as brands
from store.kit import structs
from store.perception import answers, scans


def run(ctx: Context) -> Outcome:
    """Store score and insights in one transaction. A verification has a score and draws no conclusions of its own."""
    scan = scan_of(ctx)
    facts, score = structs.convert(scan.facts, BrandFacts), structs.convert(ctx.output_of("score"), ScanScore)
    held = answers.of_scan(ctx.workspace_id, scan.id)
    cells = [cell(one) for one in held]
    conclusion = None
    if scan.kind == "scan":
        conclusion = keeping.draw(scan, cells, facts, score, texts=texts_of(held), cells_of=cells_of)
    ctx.check()
    metrics = documented(score.metrics)
    with ctx.transaction():
        brand = brands.lock(ctx.workspace_id, scan.brand_id)
        scans.complete(
            ctx.workspace_id,
            scan.id,
            facts=msgspec.to_builtins(facts),
            score=msgspec.to_builtins(score),
            metrics=metrics,
            quadrant=score.quadrant,
            judge_version=version_of(cells),
        )
        if conclusion is not None:
            keeping.keep(scan, brand, conclusion, cells, score)
    return Outcome(
        output={
            "scanId": scan.id,
            "metrics": metrics,
            "quadrant": score.quadrant,
            "insights": len(conclusion.insights) if conclusion else 0,
            "sandbox": score.sandbox,
        }
    )
