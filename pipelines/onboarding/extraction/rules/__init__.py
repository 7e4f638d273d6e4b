"""The rules. Each module has `propose(page)`: it yields candidates with evidence and features, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules import naming

PROPOSERS: tuple[Callable[[Page], Iterable[Candidate]], ...] = (naming.propose,)
