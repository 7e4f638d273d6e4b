"""find: all insights of a scan, the most severe first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.perception.insights.cited import find_gaps
from pipelines.perception.insights.claims import find_claims
from pipelines.perception.insights.records import STEPS, InsightDraft
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
    return found[:MAX_INSIGHTS]
