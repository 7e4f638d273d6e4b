"""hallucination and outdated_fact: claims that contradict a verified fact, and inventions. One insight a fact or claim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.perception.insights.records import (
    MAX_QUOTES,
    InsightDraft,
    Quote,
    prevalence,
    prompts_of,
    severity_of,
    where,
)
from pipelines.perception.insights.showing import (
    INVENTED,
    MAX_CLAIM,
    claim_key,
    inventions,
    names_brand,
)
from pipelines.perception.records import BrandFacts, Cell, Fact, Finding, plain
from store.brands.values import name_key

LABELS = {"founded_year": "founding year", "category": "kind of product", "audience": "target audience"}
NEAR = 300  # characters: a citation this close to a claim is taken for its source
MAX_SOURCES = 5
Seen = tuple[Cell, Finding]


def find_claims(cells: Sequence[Cell], facts: BrandFacts, previous: Sequence[BrandFacts]) -> Iterator[InsightDraft]:
    """Of judged answers. `previous` are the facts that earlier scans were judged by, newest first."""
    wrong_by_fact, speaking_by_fact = _by_fact(cells)
    for fact in facts.facts:
        wrong = wrong_by_fact.get(fact.id)
        if not wrong:
            continue
        speaking = list(speaking_by_fact[fact.id].values())
        former = [found for one in previous for found in one.facts if found.id == fact.id and found.value != fact.value]
        outdated = [seen for seen in wrong if any(_is(fact_before, seen[1].claimed) for fact_before in former)]
        if len(outdated) * 2 > len(wrong):
            yield _draft("outdated_fact", f"outdated_fact:{fact.id}", outdated, speaking, fact)
            wrong = [seen for seen in wrong if seen not in outdated]
        if wrong:
            yield _draft("hallucination", f"hallucination:{fact.id}", wrong, speaking, fact)
    yield from _inventions(cells)


def _by_fact(cells: Sequence[Cell]) -> tuple[dict[str, list[Seen]], dict[str, dict[str, Cell]]]:
    """(what contradicts each fact, the answers by id that say anything about it): facts are many, so in one pass."""
    wrong: dict[str, list[Seen]] = {}
    speaking: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        if cell.judgement is None:
            continue
        for finding in cell.judgement.contradicted:
            if finding.fact_id is not None:
                wrong.setdefault(finding.fact_id, []).append((cell, finding))
        for finding in (*cell.judgement.contradicted, *cell.judgement.supported):
            if finding.fact_id is not None:
                speaking.setdefault(finding.fact_id, {})[cell.answer_id] = cell
    return wrong, speaking


def _draft(kind: Any, key: str, wrong: list[Seen], speaking: Sequence[Cell], fact: Fact) -> InsightDraft:
    cells = _cells(wrong)
    platform, platforms = where(cells)
    share = prevalence(cells, speaking)
    claimed, actual = _most_said(wrong), next((one.actual for _, one in wrong if one.actual), "") or plain(fact)
    word = "Outdated" if kind == "outdated_fact" else "Incorrect"
    return InsightDraft(
        key=key,
        type=kind,
        severity=severity_of(share, weight=fact.weight),
        platform=platform,
        platforms=platforms,
        description=f"{word} {label(fact)} mentioned",
        evidence=f"Response stated {claimed}, actual is {actual}",
        quotes=_quotes(wrong),
        prevalence=share,
        prompt_ids=prompts_of(cells),
        fact_id=fact.id,
        claimed=claimed,
        actual=actual,
    )


def _inventions(cells: Sequence[Cell]) -> Iterator[InsightDraft]:
    mentioning = [cell for cell in cells if names_brand(cell)]
    by_claim: dict[str, list[Seen]] = {}
    for cell in mentioning:
        for finding in inventions(cell):
            by_claim.setdefault(claim_key(finding), []).append((cell, finding))
    for claim, seen in by_claim.items():
        found = _cells(seen)
        platform, platforms = where(found)
        share = prevalence(found, mentioning)
        claimed = _most_said(seen)
        yield InsightDraft(
            key=f"{INVENTED}{claim}",
            type="hallucination",
            severity=severity_of(share),
            platform=platform,
            platforms=platforms,
            description="Something that does not exist was mentioned",
            evidence=f"Response stated {claimed}, which is not among the verified facts",
            quotes=_quotes(seen),
            prevalence=share,
            prompt_ids=prompts_of(found),
            claimed=claimed,
        )


def label(fact: Fact) -> str:
    """What a fact is about, as a person says it: `founding year`, `price of Acme Pro`."""
    words = LABELS.get(fact.predicate) or fact.predicate.replace("_", " ") or "fact"
    return f"{words} of {fact.subject}" if fact.subject else words


def _is(fact: Fact, claimed: str) -> bool:
    """Whether a claim says what this fact says: by the number where it has one, else by its words."""
    value = fact.value.get("amount") if isinstance(fact.value, dict) else fact.value
    if isinstance(value, bool):
        return True  # there are but two values: what contradicts the present one says the former one
    if isinstance(value, int | float):
        numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", claimed.replace(",", ""))]
        return float(value) in numbers
    values = value if isinstance(value, list | tuple) else [value]
    return bool(claimed) and any(name_key(str(one)) == name_key(claimed) for one in values if one)


def _cells(seen: Sequence[Seen]) -> list[Cell]:
    """The answers, each once."""
    return list({cell.answer_id: cell for cell, _ in seen}.values())


def _most_said(seen: Sequence[Seen]) -> str:
    counts = Counter(finding.claimed or finding.quote for _, finding in seen)
    said = counts.most_common(1)[0][0]
    return said if len(said) <= MAX_CLAIM else f"{said[: MAX_CLAIM - 1]}…"


def _quotes(seen: Sequence[Seen]) -> tuple[Quote, ...]:
    return tuple(
        Quote(
            answer_id=cell.answer_id,
            platform=cell.platform,
            prompt=cell.prompt,
            quote=finding.quote,
            start=finding.start,
            end=finding.end,
            sources=_cited_near(cell, finding),
        )
        for cell, finding in seen[:MAX_QUOTES]
    )


def _cited_near(cell: Cell, finding: Finding) -> tuple[str, ...]:
    """Pages cited at the claim; where citations have no place in the text, those of the whole answer."""
    cited = [one for one in cell.citations if one.cited and one.url]
    near = [
        one
        for one in cited
        if one.start is None or one.end is None or (one.start <= finding.end + NEAR and one.end >= finding.start - NEAR)
    ]
    return tuple(dict.fromkeys(one.url for one in near))[:MAX_SOURCES]
