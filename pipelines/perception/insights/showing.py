"""Whether one answer shows a problem: what insights count, and what a verification counts again. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from pipelines.perception.records import BrandFacts, Cell, Finding
from pipelines.perception.scoring.sources import belongs_to, domain_of
from store.brands.values import name_key

NEGATIVE = -0.25  # an answer below this speaks badly of the brand; around 0 it is only matter-of-fact
MAX_CLAIM = 160


def contradictions(cell: Cell, fact_id: str) -> list[Finding]:
    """What the answer says against this fact."""
    found = cell.judgement.contradicted if cell.judgement else ()
    return [finding for finding in found if finding.fact_id == fact_id]


def supports(cell: Cell, fact_id: str) -> bool:
    """Whether the answer states this fact."""
    return cell.judgement is not None and any(one.fact_id == fact_id for one in cell.judgement.supported)


def inventions(cell: Cell) -> list[Finding]:
    """Claims about things that do not exist, in an answer that mentions the brand."""
    if cell.judgement is None or not cell.judgement.mentioned:
        return []
    told = (*cell.judgement.unsupported, *cell.judgement.contradicted)
    return [finding for finding in told if finding.fabricated and finding.fact_id is None]


def claim_key(finding: Finding) -> str:
    """What spellings of one invented claim have in common."""
    return name_key(finding.claimed or finding.quote)[:MAX_CLAIM]


def names_brand(cell: Cell) -> bool:
    return cell.judgement is not None and cell.judgement.mentioned


def names_rival(cell: Cell, rival: str) -> bool:
    return cell.judgement is not None and rival in cell.judgement.competitors


def is_negative(cell: Cell) -> bool:
    """Whether the answer speaks badly of the brand."""
    return cell.judgement is not None and cell.judgement.sentiment is not None and cell.judgement.sentiment <= NEGATIVE


def pages_of(cell: Cell, domain: str) -> tuple[str, ...]:
    """The pages of a domain that the answer cites."""
    cited = [one for one in cell.citations if one.cited]
    return tuple(one.url for one in cited if belongs_to(one.domain or domain_of(one.url), domain))


def leaves_out(cell: Cell) -> bool:
    """Whether the answer names competitors and not the brand."""
    return cell.judgement is not None and bool(cell.judgement.competitors) and not cell.judgement.mentioned


class Probe(Struct, frozen=True):
    """Whether an answer says anything of the matter, and whether it shows the problem."""

    applies: Callable[[Cell], bool]
    shows: Callable[[Cell], bool]


def probe_of(type_: str, *, fact_id: str | None, key: str, subject: str | None, facts: BrandFacts) -> Probe:
    """The test of one answer for the insight of this type, fact, key and subject."""
    if fact_id is not None:
        return Probe(
            lambda cell: bool(contradictions(cell, fact_id)) or supports(cell, fact_id),
            lambda cell: bool(contradictions(cell, fact_id)),
        )
    if type_ == "hallucination":
        claim = key.removeprefix(INVENTED)
        return Probe(names_brand, lambda cell: any(claim_key(finding) == claim for finding in inventions(cell)))
    if type_ == "missing_from_answers":
        return Probe(lambda _: True, lambda cell: not names_brand(cell))
    if type_ == "negative_sentiment":
        return Probe(names_brand, is_negative)
    about = subject or ""
    if type_ == "competitor_dominance":
        return Probe(lambda _: True, lambda cell: names_rival(cell, about) and not names_brand(cell))
    if facts.domain and belongs_to(about, facts.domain):
        return Probe(cites, lambda cell: not pages_of(cell, about))
    return Probe(cites, lambda cell: leaves_out(cell) and bool(pages_of(cell, about)))


def cites(cell: Cell) -> bool:
    """Whether the answer cites any page."""
    return any(citation.cited for citation in cell.citations)


INVENTED = "hallucination:claim:"
"""What keys of insights about inventions begin with; the claim's key follows."""
