"""The rules. Each module has `propose(page)`: it yields candidates with evidence and features, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules import (
    audience,
    competitors,
    founding,
    menus,
    naming,
    places,
    product_data,
    products,
    qualities,
    statements,
    stories,
    taglines,
)

PROPOSERS: tuple[Callable[[Page], Iterable[Candidate]], ...] = (
    naming.propose,
    taglines.propose,
    statements.propose,
    qualities.propose,
    stories.propose,
    founding.propose,
    places.propose,
    product_data.propose,
    products.propose,
    menus.propose,
    competitors.propose,
    audience.propose,
)
