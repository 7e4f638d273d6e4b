"""compare: whether a scan differs from an earlier one, or only seems to. Pure.

Only questions that both scans asked a platform, with a valid answer each time, are compared (a paired basket), and
prompts are resampled together for both scans, so that what varies from prompt to prompt cancels out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import BY_RULES, METRICS, UNJUDGED, Change, Comparison, Verdict
from pipelines.perception.scoring import sampling
from pipelines.perception.scoring.observations import Grid, longest_list
from pipelines.perception.scoring.score import Sampled, mean_of, models_of, sampled

MIN_ANSWERS = 10  # of each scan, in the basket


def compare(now: Sequence[Cell], before: Sequence[Cell], facts: BrandFacts, *, seed: str) -> Comparison:
    """Every metric of `now` against `before`, overall and per platform, both by the facts that hold now.

    `moved` needs an interval of the difference that excludes 0, and the same models and the same judge in both scans.
    """
    basket = _pairs(now) & _pairs(before)
    current, previous = (_in_basket(cells, basket) for cells in (now, before))
    platforms = sorted({platform for platform, _ in basket})
    changed = tuple(one for one in platforms if _answerers(current, one) != _answerers(previous, one))
    prompts = {text: place for place, text in enumerate(sorted({text for _, text in basket}))}
    judges = _Judges(current, previous)
    draws = sampling.draws_of(len(prompts), seed)
    grids = [
        Grid(cells, facts, platforms=platforms, prompts=prompts, longest_list=longest_list([*current, *previous]))
        for cells in (current, previous)
    ]
    overall: dict[str, Change] = {}
    by_platform: dict[str, dict[str, Change]] = {platform: {} for platform in platforms}
    for name in METRICS:
        pairs = [
            (sampled(grids[0], name, row, draws), sampled(grids[1], name, row, draws)) for row in range(len(platforms))
        ]
        for row, platform in enumerate(platforms):
            enough = all(_is_enough(grid.valid[row]) for grid in grids)
            blamed = "model_changed" if platform in changed else judges.blamed(name, platform)
            by_platform[platform][name] = _change(*pairs[row], enough=enough, blamed=blamed)
        # A platform that lacks the value in one of the scans would shift the mean of the other alone.
        both = [pair for pair in pairs if pair[0].draws is not None and pair[1].draws is not None] or pairs
        means = [mean_of(grids[side], name, [pair[side] for pair in both]) for side in (0, 1)]
        enough = all(_is_enough(grid.valid.sum(axis=0)) for grid in grids)
        blamed = (
            "model_changed" if changed else next(filter(None, (judges.blamed(name, one) for one in platforms)), None)
        )
        overall[name] = _change(means[0], means[1], enough=enough, blamed=blamed)
    return Comparison(overall=overall, platforms=by_platform, pairs=len(basket), models_changed=changed)


def _change(now: Sampled, before: Sampled, *, enough: bool, blamed: Verdict | None) -> Change:
    """`blamed`: what else than the brand may have moved it."""
    import numpy as np

    current, previous = now.metric.value, before.metric.value
    if current is None or previous is None:
        return Change(verdict="insufficient_data", current=current, previous=previous)
    difference = current - previous
    differences = now.draws - before.draws
    known = differences[~np.isnan(differences)]
    if not enough or known.size < sampling.DRAWS // 2:
        return Change(verdict="insufficient_data", current=current, previous=previous, difference=difference)
    low, high = (float(bound) for bound in np.percentile(known, sampling.CONFIDENCE))
    verdict: Verdict = "within_noise"
    if low > 1e-9 or high < -1e-9:
        verdict = blamed or "moved"
    return Change(
        verdict=verdict,
        current=current,
        previous=previous,
        difference=difference,
        low=min(low, difference),
        high=max(high, difference),
    )


def _is_enough(valid: Any) -> bool:
    """Whether these counts of valid answers by prompt carry a verdict."""
    return valid.sum() >= MIN_ANSWERS and (valid > 0).sum() >= sampling.MIN_PROMPTS


def _in_basket(cells: Sequence[Cell], basket: set[tuple[str, str]]) -> list[Cell]:
    """The cells that are compared, with the question's text as its id: two scans may number the same question anew."""
    kept = [(cell, _text(cell)) for cell in cells if (cell.platform, _text(cell)) in basket]
    return [msgspec.structs.replace(cell, prompt_id=text) for cell, text in kept]


def _pairs(cells: Sequence[Cell]) -> set[tuple[str, str]]:
    return {(cell.platform, _text(cell)) for cell in cells if cell.state == "valid" and cell.judgement is not None}


def _text(cell: Cell) -> str:
    return " ".join(cell.prompt.split()).casefold()


class _Judges:
    """Who judged most of a platform's answers in each of the two scans: the rules, and with which model."""

    def __init__(self, now: Sequence[Cell], before: Sequence[Cell]) -> None:
        self._scans = [self._of(now), self._of(before)]

    def blamed(self, metric: str, platform: str) -> Verdict | None:
        """`judge_changed` when that metric of the platform rests on two judges."""
        if metric in UNJUDGED:
            return None
        now, before = (scan[platform].most_common(1)[0][0] for scan in self._scans)
        if metric in BY_RULES:
            now, before = (version.partition("+")[0] for version in (now, before))
        return None if now == before else "judge_changed"

    def _of(self, cells: Sequence[Cell]) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for cell in cells:
            if cell.judgement is not None:
                found[cell.platform][cell.judgement.judge_version] += 1
        return found


def _answerers(cells: Sequence[Cell], platform: str) -> Any:
    """Who answered: the model ids, and whether it was the sandbox."""
    return models_of(cells, platform), any(cell.sandbox for cell in cells if cell.platform == platform)
