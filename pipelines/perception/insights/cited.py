"""source_gap: pages that answers lean on where they name rivals and not the brand, and an own site that nobody cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.perception.insights.records import (
    MAX_QUOTES,
    InsightDraft,
    prevalence,
    prompts_of,
    severity_of,
    where,
    whole_answer,
)
from pipelines.perception.insights.showing import cites, leaves_out, pages_of
from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import ScanScore

WEIGHT = 0.5  # a page that is missing is a hint where to work, no error
MAX_GAPS = 5
MIN_CITING = 10  # answers with citations, before an uncited site means something


def find_gaps(cells: Sequence[Cell], facts: BrandFacts, score: ScanScore) -> Iterator[InsightDraft]:
    """Of judged answers."""
    citing = [cell for cell in cells if cites(cell)]
    yield from _own(citing, facts)
    lost = [cell for cell in citing if not cell.branded and leaves_out(cell)]
    found = 0
    for source in score.sources:
        if source.kind in {"own", "rival"} or found == MAX_GAPS:
            continue
        hits = [cell for cell in lost if pages_of(cell, source.domain)]
        if len({cell.prompt_id for cell in hits}) < 2:
            continue
        found += 1
        share = prevalence(hits, [cell for cell in citing if not cell.branded])
        platform, platforms = where(hits)
        yield InsightDraft(
            key=f"source_gap:{source.domain}",
            type="source_gap",
            severity=severity_of(share, weight=WEIGHT),
            platform=platform,
            platforms=platforms,
            description=f"{source.domain} is a source for answers that leave you out",
            evidence=f"{source.domain} is cited in {len(hits)} answers that name competitors and not you",
            quotes=tuple(whole_answer(cell, sources=pages_of(cell, source.domain)) for cell in hits[:MAX_QUOTES]),
            prevalence=share,
            prompt_ids=prompts_of(hits),
            subject=source.domain,
        )


def _own(citing: Sequence[Cell], facts: BrandFacts) -> Iterator[InsightDraft]:
    if not facts.domain or len(citing) < MIN_CITING or any(pages_of(cell, facts.domain) for cell in citing):
        return
    share = prevalence(citing, citing)
    platform, platforms = where(citing)
    yield InsightDraft(
        key=f"source_gap:{facts.domain}",
        type="source_gap",
        severity=severity_of(share, weight=WEIGHT),
        platform=platform,
        platforms=platforms,
        description="Your own site is never cited",
        evidence=f"{facts.domain} is cited in none of {len(citing)} answers that cite pages",
        quotes=tuple(whole_answer(cell) for cell in citing[:MAX_QUOTES]),
        prevalence=share,
        prompt_ids=prompts_of(citing),
        subject=facts.domain,
    )
