"""*score*: the numbers of a scan, from its judged answers."""

from __future__ import annotations

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception.cells import cells_of
from pipelines.perception.records import BrandFacts
from pipelines.perception.scoring import score
from pipelines.perception.stages.current import scan_of
from store.kit import structs


def run(ctx: Context) -> Outcome:
    """Kept with the job until *insights* stores it with what follows from it."""
    scan = scan_of(ctx)
    facts = structs.convert(scan.facts, BrandFacts)
    each = len(scan.prompt_ids) * scan.repeats
    found = score(cells_of(scan), facts, planned=dict.fromkeys(scan.platforms, each), seed=scan.id)
    return Outcome(output=msgspec.to_builtins(found))
