"""Making a correction: the insight, the brand's facts as they are now, and a suggestion from both, kept. Called by the API."""

from __future__ import annotations

from collections import Counter

import msgspec

from pipelines.perception import profile
from pipelines.perception.corrections.ground import Ground, Wrong
from pipelines.perception.corrections.suggest import FixType, suggest
from pipelines.perception.records import BrandFacts
from pipelines.perception.scoring.sources import belongs_to, domain_of
from store.insights import corrections, queries
from store.insights.corrections import CorrectionNow
from store.insights.tables import Insight
from store.kit import structs
from store.kit.errors import NotFound
from store.perception import scans


def make(workspace_id: str, *, insight_id: str, fix_type: FixType, by: str | None) -> CorrectionNow:
    """A pending correction. Raises NotFound, Conflict (an open one of that kind), Unprocessable (nothing to suggest)."""
    insight = queries.get(workspace_id, insight_id)
    known = _as_scanned(workspace_id, insight.scan_id)
    suggestion = suggest(fix_type, wrong_in(insight, known), ground_of(workspace_id, insight, known))
    return corrections.create(
        workspace_id,
        insight.brand_id,
        insight_id=insight.id,
        fix_type=fix_type,
        suggestion=msgspec.to_builtins(suggestion),
        created_by=by,
    )


def wrong_in(insight: Insight, known: BrandFacts | None) -> Wrong:
    """What the insight says is wrong. Nobody asks a competitor to correct a page of its own."""
    rivals = [rival.domain for rival in known.competitors if rival.domain] if known else []
    pages = Counter(page for quote in insight.quotes for page in quote.get("sources", ()))
    return Wrong(
        type=insight.type,
        fact_id=insight.fact_id,
        claimed=insight.claimed,
        subject=insight.subject,
        pages=[
            page for page, _ in pages.most_common() if not any(belongs_to(domain_of(page), rival) for rival in rivals)
        ],
    )


def ground_of(workspace_id: str, insight: Insight, known: BrandFacts | None) -> Ground:
    """The profile's facts now; the brand's name and domain as the scan knew them."""
    held = profile.read(workspace_id, insight.brand_id)
    name = held.identity.get("name") or (known.name if known else None) or held.brand.label
    facts = sorted(profile.facts_on_record(held, name), key=lambda fact: fact.kind == "text")
    return Ground(name=name, domain=known.domain if known else None, facts=tuple(facts))


def _as_scanned(workspace_id: str, scan_id: str) -> BrandFacts | None:
    try:
        scan = scans.get(workspace_id, scan_id)
    except NotFound:  # pruned since
        return None
    return structs.convert(scan.facts, BrandFacts) if scan.facts else None
