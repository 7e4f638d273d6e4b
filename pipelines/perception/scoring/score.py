"""score: a scan's cells in, its numbers out. Percentages are not rounded here; `scores.shown` does it at output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import METRICS, Coverage, Metric, PlatformScore, Reason, ScanScore
from pipelines.perception.scoring import quadrants, sampling
from pipelines.perception.scoring.observations import PLACE, Extent, Grid, longest_list
from pipelines.perception.scoring.sources import sources

SCORE_VERSION = "score-1"
WILSON = frozenset({"mentionRate", "visibility", "hallucination"})
"""Plain shares of answers: on one platform Wilson's interval, which also holds at 0 and 100 %."""


class Sampled(Struct, frozen=True):
    """One metric of one platform, or of all: its value, its draws (None without a value) in the metric's own scale."""

    metric: Metric
    draws: Any


def score(cells: Sequence[Cell], facts: BrandFacts, *, planned: Mapping[str, int], seed: str) -> ScanScore:
    """Every metric per platform and overall, with intervals; the quadrant; what was covered; which sources are cited.

    `planned` is how many questions each platform was to be asked: it lists all platforms, also those that never
    answered. The order of the cells does not matter.
    """
    platforms = sorted({*planned, *(cell.platform for cell in cells)})
    prompts = {prompt: place for place, prompt in enumerate(sorted({cell.prompt_id for cell in cells}))}
    grid = Grid(cells, facts, platforms=platforms, prompts=prompts, longest_list=longest_list(cells))
    draws = sampling.draws_of(len(prompts), seed)
    by_platform = [{name: sampled(grid, name, row, draws) for name in METRICS} for row in range(len(platforms))]
    overall = {name: mean_of(grid, name, [found[name] for found in by_platform]) for name in METRICS}
    coverages = {platform: _coverage(cells, platform, planned.get(platform, 0)) for platform in platforms}
    valid = int(grid.valid.sum())
    placed = quadrants.place(
        {name: overall[name].metric.value for name in quadrants.INPUTS},
        {name: overall[name].draws for name in quadrants.INPUTS},
        brands=1 + len(facts.competitors),
        valid=valid,
        prompts=int((grid.valid.sum(axis=0) > 0).sum()),
    )
    return ScanScore(
        metrics={name: one.metric for name, one in overall.items()},
        platforms=tuple(
            PlatformScore(
                platform=platform,
                metrics={name: one.metric for name, one in found.items()},
                coverage=coverages[platform],
                models=models_of(cells, platform),
                sandbox=any(cell.sandbox for cell in cells if cell.platform == platform),
            )
            for platform, found in zip(platforms, by_platform, strict=True)
        ),
        coverage=_sum(coverages.values()),
        quadrant=placed.quadrant,
        quadrant_confidence=placed.confidence,
        borderline=placed.borderline,
        thresholds=placed.thresholds,
        missing={
            name: tuple(
                platform
                for platform, found in zip(platforms, by_platform, strict=True)
                if found[name].metric.value is None
            )
            for name in METRICS
            if any(found[name].metric.value is None for found in by_platform)
        },
        sources=sources(cells, facts),
        sandbox=any(cell.sandbox for cell in cells),
        score_version=SCORE_VERSION,
    )


def sampled(grid: Grid, name: str, row: int, draws: Any) -> Sampled:
    """One metric on one platform."""

    if name == "factCoverage":
        return _coverage_of_facts(grid, row, draws)
    place = PLACE[name]
    above, below = grid.numerators[row, :, place], grid.denominators[row, :, place]
    total = float(below.sum())
    if total == 0:
        return Sampled(Metric(reason=grid.why_null(name, row)), None)
    share = float(above.sum()) / total
    resampled = sampling.ratios(draws, above, below)
    return _scaled(grid, name, share, resampled, grid.extent(name, row), by_wilson=name in WILSON)


def mean_of(grid: Grid, name: str, platforms: Sequence[Sampled]) -> Sampled:
    """One metric over all platforms: the mean of those that have a value."""
    import numpy as np

    known = [one for one in platforms if one.metric.value is not None]
    if not known:
        silent: Reason = "no_valid_answer"
        reasons = [one.metric.reason for one in platforms if one.metric.reason not in {None, silent}]
        return Sampled(Metric(reason=reasons[0] if reasons else silent), None)
    if len(known) == 1:
        return known[0]
    low_end, high_end = grid.scale(name)
    width = high_end - low_end
    value = float(np.mean([one.metric.value for one in known]))
    share = (value - low_end) / width if width else 0.0
    stacked = np.stack([one.draws for one in known])
    has = ~np.isnan(stacked)
    resampled = np.divide(
        np.where(has, stacked, 0).sum(axis=0),
        has.sum(axis=0),
        out=np.full(stacked.shape[1], np.nan),
        where=has.any(axis=0),
    )
    shares = (resampled - low_end) / width if width else np.zeros_like(resampled)
    return _scaled(grid, name, share, shares, grid.extent(name))


def _coverage_of_facts(grid: Grid, row: int, draws: Any) -> Sampled:
    """Distinct facts that were supported at least once, of all facts."""
    supported = grid.supported[row]
    if not supported.shape[1] or not grid.valid[row].sum():
        return Sampled(Metric(reason=grid.why_null("factCoverage", row)), None)
    share = float(supported.any(axis=0).mean())
    resampled = (draws.astype(supported.dtype) @ supported > 0).mean(axis=1)
    return _scaled(grid, "factCoverage", share, resampled, grid.extent("factCoverage", row))


def _scaled(grid: Grid, name: str, share: float, draws: Any, extent: Extent, *, by_wilson: bool = False) -> Sampled:
    """From shares in 0..1 to the metric's own scale, with the bootstrap's interval, or Wilson's where it has none.

    A draw of prompts can lack facts or claims that the whole has, so that all draws may lie on one side of the value:
    the interval is widened to hold it.
    """
    found = None if by_wilson or extent.prompts < sampling.MIN_PROMPTS else sampling.percentiles(draws)
    low, high = found or sampling.wilson(share * extent.n, extent.n)
    low_end, high_end = grid.scale(name)
    width = high_end - low_end
    metric = Metric(
        value=low_end + width * share,
        low=low_end + width * min(low, share),
        high=low_end + width * max(high, share),
        n=extent.count,
        method="bootstrap" if found else "wilson",
    )
    return Sampled(metric, low_end + width * draws)


def models_of(cells: Sequence[Cell], platform: str) -> tuple[str, ...]:
    """The model ids that answered on a platform."""
    return tuple(
        sorted({cell.model for cell in cells if cell.platform == platform and cell.state == "valid" and cell.model})
    )


def _coverage(cells: Sequence[Cell], platform: str, planned: int) -> Coverage:
    states = [cell.state for cell in cells if cell.platform == platform]
    counts = {state: states.count(state) for state in ("valid", "empty", "refused", "truncated", "absent", "failed")}
    planned = max(planned, len(states))
    return Coverage(planned=planned, share=counts["valid"] / planned if planned else None, **counts)


def _sum(coverages: Any) -> Coverage:
    rows = list(coverages)
    totals = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("planned", "valid", "empty", "refused", "truncated", "absent", "failed")
    }
    return Coverage(share=totals["valid"] / totals["planned"] if totals["planned"] else None, **totals)
