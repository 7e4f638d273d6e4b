"""Reads one page: opens it, lets every rule propose, keeps what the decision over all pages needs.

Pure: the same page gives the same findings, so they are cached by content hash and `RULES_VERSION`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.onboarding.extraction.page import Page, open_page
from pipelines.onboarding.extraction.records import Candidate, PageFindings, SourcePage
from pipelines.onboarding.extraction.rules import PROPOSERS
from pipelines.onboarding.extraction.text import digest

# Raised whenever a rule, a word list or the cutting of blocks changes what is found on an unchanged page.
RULES_VERSION = "2026-11-2"

Proposer = Callable[[Page], Iterable[Candidate]]


def read_page(source: SourcePage) -> PageFindings:
    """What one page yields. An error page (status 400 and above) or one without text has no candidates."""
    page = open_page(source)
    candidates: list[Candidate] = []
    if source.status < 400:
        for propose in PROPOSERS:
            candidates.extend(propose(page))
    return PageFindings(
        url=source.url,
        rules_version=RULES_VERSION,
        page_type=page.kind,
        language=page.language,
        title=page.title,
        description=page.head.get("description", ""),
        h1=page.h1,
        candidates=candidates,
        block_keys=[digest(block.text) for block in page.blocks],
        canonical=page.head.get("canonical"),
    )
