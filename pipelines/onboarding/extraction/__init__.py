"""Extraction: pages in, a brand with evidence out. Called by the onboarding pipeline's extract and analyze stages.

    read_page   one page -> findings: blocks (`blocks`), page type (`page_types`), what the `rules` propose
    decide      findings of all pages -> profile: `verdicts` weigh proposals with the `scorer`

Rules propose, one scorer decides; no evidence, no value. Words of seven languages lie in `words/` as data.
"""

from __future__ import annotations

from pipelines.onboarding.extraction.decide import decide
from pipelines.onboarding.extraction.reader import RULES_VERSION, read_page
from pipelines.onboarding.extraction.records import (
    Alternative,
    Candidate,
    Decision,
    Evidence,
    Item,
    PageFindings,
    SiteProfile,
    SourcePage,
)

__all__ = [
    "RULES_VERSION",
    "Alternative",
    "Candidate",
    "Decision",
    "Evidence",
    "Item",
    "PageFindings",
    "SiteProfile",
    "SourcePage",
    "decide",
    "read_page",
]
