"""The verdicts: each turns the candidates of one field into a decision, through the scorer, and says its rules' rates.

`IDENTITY` fields give one decision or none; `LISTS` give one decision per entry (a product, a competitor, an audience).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.onboarding.extraction.records import Decision
from pipelines.onboarding.extraction.site import Site

IDENTITY: dict[str, Callable[[Site], Decision | None]] = {}
LISTS: dict[str, Callable[[Site], list[Decision]]] = {}
