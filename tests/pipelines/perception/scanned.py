"""Completed scans made by hand: cells are scored, their insights kept, as the pipeline's last stages do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pipelines.perception.insights import keeping
from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import ScanScore, documented
from pipelines.perception.scoring import score
from store.kit import db
from store.perception import scans
from store.perception.scans import ScanNow
from tests.pipelines.perception.cells import BRAND
from tests.store.insights.rows import scan_of


def scanned(
    brand: Any, cells: Sequence[Cell], *, before: Sequence[Cell] = (), facts: BrandFacts = BRAND
) -> tuple[ScanNow, ScanScore]:
    """One scan of these cells; `before` are those of the scan that it is compared with."""
    scan = scans.get(brand.workspace_id, scan_of(brand))
    result = score(cells, facts, planned={}, seed=scan.id)
    drawn = keeping.draw(scan, cells, facts, result, texts={}, cells_of=lambda _: before)
    scans.complete(
        brand.workspace_id,
        scan.id,
        facts=msgspec.to_builtins(facts),
        score=msgspec.to_builtins(result),
        metrics=documented(result.metrics),
        quadrant=result.quadrant,
        judge_version="1",
    )
    with db.transaction():
        keeping.keep(scan, brand, drawn, cells, result)
    return scans.get(brand.workspace_id, scan.id), result
