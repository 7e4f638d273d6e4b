"""missing_from_answers, competitor_dominance and negative_sentiment: who is named in answers, and in which tone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.perception.insights.records import (
    MAX_QUOTES,
    InsightDraft,
    Quote,
    prevalence,
    prompts_of,
    severity_of,
    where,
    whole_answer,
)
from pipelines.perception.insights.showing import is_negative, names_brand, names_rival
from pipelines.perception.records import BrandFacts, Cell

OFTEN = 0.2  # at least this share of the answers that mention it
MISSING = 0.3  # the share of answers without the brand must surely be above this
KINDS = {"product": "about products like yours", "competitor": "about competitors", "brand": "about your field"}


def find_voices(cells: Sequence[Cell], facts: BrandFacts, texts: Mapping[str, str]) -> Iterator[InsightDraft]:
    """Of judged answers. `texts` are answers by id, for quotes; without one an answer is shown as a whole."""
    unbranded = [cell for cell in cells if not cell.branded]
    for category, told in KINDS.items():
        yield from _missing([cell for cell in unbranded if cell.category == category], category, told)
    for rival in facts.competitors:
        yield from _dominated(unbranded, rival.name, (rival.name, *rival.aliases), texts)
    yield from _negative([cell for cell in cells if names_brand(cell)], facts, texts)


def _missing(cells: Sequence[Cell], category: str, told: str) -> Iterator[InsightDraft]:
    without = [cell for cell in cells if not names_brand(cell)]
    share = prevalence(without, cells)
    if len(without) < 2 or share.low < MISSING:
        return
    beaten = [cell for cell in without if cell.judgement and cell.judgement.competitors]
    platform, platforms = where(without)
    instead = f"; {len(beaten)} of them name competitors" if beaten else ""
    yield InsightDraft(
        key=f"missing_from_answers:{category}",
        type="missing_from_answers",
        severity=severity_of(share),
        platform=platform,
        platforms=platforms,
        description=f"Rarely named in answers to questions {told}",
        evidence=f"Not named in {len(without)} of {len(cells)} answers{instead}",
        quotes=tuple(whole_answer(cell) for cell in [*beaten, *(c for c in without if c not in beaten)][:MAX_QUOTES]),
        prevalence=share,
        prompt_ids=prompts_of(without),
        subject=category,
    )


def _dominated(
    cells: Sequence[Cell], name: str, names: Sequence[str], texts: Mapping[str, str]
) -> Iterator[InsightDraft]:
    """A rival that is named where the brand is not, surely more often than the other way round (sign test's view)."""
    rival_only = [cell for cell in cells if names_rival(cell, name) and not names_brand(cell)]
    brand_only = [cell for cell in cells if names_brand(cell) and not names_rival(cell, name)]
    apart = [*rival_only, *brand_only]
    if len(rival_only) < 2 or prevalence(rival_only, apart).low <= 0.5:
        return
    share = prevalence(rival_only, cells)
    platform, platforms = where(rival_only)
    named, own = (
        sum(hits) for hits in zip(*((names_rival(cell, name), names_brand(cell)) for cell in cells), strict=True)
    )
    yield InsightDraft(
        key=f"competitor_dominance:{name}",
        type="competitor_dominance",
        severity=severity_of(share),
        platform=platform,
        platforms=platforms,
        description=f"{name} is named more often than you",
        evidence=f"{name} is named in {named} of {len(cells)} answers, you in {own}",
        quotes=tuple(_sentence(cell, names, texts) for cell in rival_only[:MAX_QUOTES]),
        prevalence=share,
        prompt_ids=prompts_of(rival_only),
        subject=name,
    )


def _negative(cells: Sequence[Cell], facts: BrandFacts, texts: Mapping[str, str]) -> Iterator[InsightDraft]:
    told = [cell for cell in cells if cell.judgement and cell.judgement.sentiment is not None]
    bad = [cell for cell in told if is_negative(cell)]
    if len(bad) < 2 or len(bad) < OFTEN * len(told):
        return
    share = prevalence(bad, told)
    platform, platforms = where(bad)
    worst = sorted(bad, key=lambda cell: (cell.judgement and cell.judgement.sentiment) or 0)
    names = (facts.name, *facts.aliases)
    yield InsightDraft(
        key="negative_sentiment",
        type="negative_sentiment",
        severity=severity_of(share),
        platform=platform,
        platforms=platforms,
        description="Answers speak of you negatively",
        evidence=f"{len(bad)} of {len(told)} answers that mention you do so negatively",
        quotes=tuple(_sentence(cell, names, texts) for cell in worst[:MAX_QUOTES]),
        prevalence=share,
        prompt_ids=prompts_of(worst),
    )


def _sentence(cell: Cell, names: Sequence[str], texts: Mapping[str, str]) -> Quote:
    """The first sentence of the answer that has one of these names."""
    text = texts.get(cell.answer_id, "")
    folded = text.casefold()
    places = [place for name in names if (place := folded.find(name.casefold())) >= 0]
    if not places or len(folded) != len(text):
        return whole_answer(cell)
    at = min(places)
    start = max(text.rfind(mark, 0, at) for mark in (". ", "! ", "? ", "\n")) + 1
    ends = [end for mark in (". ", "! ", "? ", "\n") if (end := text.find(mark, at)) >= 0]
    end = min(ends, default=len(text)) + (1 if ends and text[min(ends)] != "\n" else 0)
    while start < at and text[start].isspace():
        start += 1
    return Quote(
        answer_id=cell.answer_id, platform=cell.platform, prompt=cell.prompt,
        quote=text[start:end], start=start, end=end,
    )  # fmt: skip
