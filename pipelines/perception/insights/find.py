"""find: all insights of a scan, the most severe first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from pipelines.perception.insights.cited import find_gaps
from pipelines.perception.insights.claims import find_claims
from pipelines.perception.insights.records import STEPS, InsightDraft
from pipelines.perception.insights.showing import shower
from pipelines.perception.insights.voices import find_voices
from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import ScanScore

MAX_INSIGHTS = 100  # of one scan; the most severe are kept
_ORDER = {name: place for place, (_, name) in enumerate(STEPS)}


def find(
    cells: Sequence[Cell],
    facts: BrandFacts,
    score: ScanScore,
    previous: Sequence[BrandFacts] = (),
    *,
    texts: Mapping[str, str] | None = None,
) -> list[InsightDraft]:
    """One insight for each fact, invention, rival or source, merged over platforms; no two have one key.

    `previous` are the facts that earlier scans were judged by, newest first: an answer that says what was true then is
    outdated rather than invented. `texts` (by answer id) lets insights about tone quote the sentence.
    """
    judged = [cell for cell in cells if cell.state == "valid" and cell.judgement is not None]
    found = [
        *find_claims(judged, facts, previous),
        *find_voices(judged, facts, texts or {}),
        *find_gaps(judged, facts, score),
    ]
    found.sort(key=lambda one: (_ORDER[one.severity], -one.prevalence.low, one.key))
    return [_with_share(one, judged, facts) for one in found[:MAX_INSIGHTS]]


def _with_share(draft: InsightDraft, judged: Sequence[Cell], facts: BrandFacts) -> InsightDraft:
    """The draft with how often its own questions showed it."""
    shows = shower(draft.type, fact_id=draft.fact_id, key=draft.key, subject=draft.subject, facts=facts)
    asked = [cell for cell in judged if cell.platform in draft.platforms and cell.prompt_id in draft.prompt_ids]
    share = replace(draft.prevalence, asked_k=sum(map(shows, asked)), asked_n=len(asked))
    return replace(draft, prevalence=share)
