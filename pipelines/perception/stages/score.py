"""*score*: the numbers of a scan, from its judged answers."""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception.cells import cells_of
from pipelines.perception.judges import judging_of
from pipelines.perception.records import BrandFacts
from pipelines.perception.scoring import score
from pipelines.perception.stages.current import scan_of
from store.kit import structs
from store.perception import consultations


def run(ctx: Context) -> Outcome:
    """Kept with the job until *insights* stores it with what follows from it."""
    scan = scan_of(ctx)
    facts = structs.convert(scan.facts, BrandFacts)
    each = len(scan.prompt_ids) * scan.repeats
    cells = cells_of(scan)
    found = score(cells, facts, planned=dict.fromkeys(scan.platforms, each), seed=scan.id)
    judging = judging_of(cells, consultations.used(ctx.workspace_id, scan.id))
    return Outcome(output=msgspec.to_builtins(msgspec.structs.replace(found, judging=judging)))
