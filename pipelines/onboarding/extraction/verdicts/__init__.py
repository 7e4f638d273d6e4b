"""The verdicts: each turns the candidates of one field into a decision, through the scorer, and says its rules' rates.

`IDENTITY` fields give one decision or none; `LISTS` give one decision per entry (a product, a competitor, an audience).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.onboarding.extraction.records import Decision
from pipelines.onboarding.extraction.site import Site
from pipelines.onboarding.extraction.verdicts.audience import decide_audience
from pipelines.onboarding.extraction.verdicts.competitors import decide_competitors
from pipelines.onboarding.extraction.verdicts.identity import (
    decide_items,
    decide_place,
    decide_tagline,
    decide_text,
    decide_year,
)
from pipelines.onboarding.extraction.verdicts.products import decide_products

IDENTITY: dict[str, Callable[[Site], Decision | None]] = {
    "tagline": decide_tagline,
    "mission": decide_text("mission"),
    "vision": decide_text("vision"),
    "coreValues": decide_items("coreValues", most=12),
    "brandStory": decide_text("brandStory"),
    "uniqueSellingPoints": decide_items("uniqueSellingPoints", most=10),
    "foundedYear": decide_year,
    "headquarters": decide_place,
}
LISTS: dict[str, Callable[[Site], list[Decision]]] = {
    "products": decide_products,
    "competitors": decide_competitors,
    "audience": decide_audience,
}
