"""What follows from a scored scan: its insights, how it differs from the scan before, and the events that tell of it.

`draw` reads and computes, `keep` writes: call it in the transaction of the stage. Both may run again, nothing doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pipelines.perception.insights.find import find
from pipelines.perception.insights.records import InsightDraft
from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import Change, Comparison, ScanScore, documented, shown
from pipelines.perception.scoring import compare
from store.brands.tables import Brand
from store.insights import queries
from store.insights.queries import Sighting
from store.jobs import events
from store.kit import structs
from store.perception import scans
from store.perception.scans import ScanNow

HISTORY = 10  # earlier scans whose facts tell an outdated claim from an invented one
SCORE = "visibility"  # what "the visibility score" of the events is


class Conclusion(Struct, frozen=True, kw_only=True):
    """`comparison` is None for a brand's first scan."""

    insights: list[InsightDraft]
    previous: ScanNow | None
    comparison: Comparison | None


def draw(
    scan: ScanNow,
    cells: Sequence[Cell],
    facts: BrandFacts,
    score: ScanScore,
    *,
    texts: Mapping[str, str],
    cells_of: Callable[[ScanNow], Sequence[Cell]],
) -> Conclusion:
    """What the scan's judged cells make known. `cells_of` reads those of an earlier scan."""
    earlier = scans.completed(scan.workspace_id, scan.brand_id, limit=HISTORY, before_id=scan.id)
    former = [structs.convert(one.facts, BrandFacts) for one in earlier if one.facts]
    previous = earlier[0] if earlier else None
    return Conclusion(
        insights=find(cells, facts, score, former, texts=texts),
        previous=previous,
        comparison=compare(cells, cells_of(previous), facts, seed=scan.id) if previous else None,
    )


def keep(scan: ScanNow, brand: Brand, conclusion: Conclusion, cells: Sequence[Cell], score: ScanScore) -> None:
    """Write it down within the caller's transaction; events are told the first time only."""
    queries.keep(
        scan.workspace_id,
        scan.brand_id,
        scan_id=scan.id,
        sandbox=score.sandbox,
        sightings=[_sighting(one) for one in conclusion.insights],
        platforms=[one.platform for one in score.platforms if one.coverage.valid],
        prompt_ids=list({cell.prompt_id for cell in cells if cell.state == "valid"}),
    )
    previous_id = conclusion.previous.id if conclusion.previous else None
    is_new = queries.conclude(
        scan.workspace_id,
        scan.id,
        previous_scan_id=previous_id,
        comparison=msgspec.to_builtins(conclusion.comparison),
    )
    if is_new:
        _tell(scan, brand, score, conclusion.comparison, previous_id)


def _tell(
    scan: ScanNow, brand: Brand, score: ScanScore, comparison: Comparison | None, previous_id: str | None
) -> None:
    scope: dict[str, Any] = {"brandId": brand.label, "scanId": scan.id, "sandbox": score.sandbox}
    events.tell(
        scan.workspace_id,
        "scan.completed",
        scope
        | {
            "platforms": scan.platforms,
            "metrics": documented(score.metrics),
            "quadrant": score.quadrant,
        },
    )
    change = comparison.overall[SCORE] if comparison else None
    if change is not None and change.verdict == "moved":
        events.tell(
            scan.workspace_id, "visibility.changed", scope | {"previousScanId": previous_id} | changed_score(change)
        )


def changed_score(change: Change) -> dict[str, Any]:
    """The numbers of a change, as the event has them."""
    numbers = {
        "score": change.current,
        "previousScore": change.previous,
        "change": change.difference,
        "low": change.low,
        "high": change.high,
    }
    return {name: shown(SCORE, value) for name, value in numbers.items()}


def _sighting(draft: InsightDraft) -> Sighting:
    return Sighting(**msgspec.to_builtins(msgspec.structs.asdict(draft)))
