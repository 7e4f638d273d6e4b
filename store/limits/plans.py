"""Plans are one list for all contracts; a table that does not name one gives it the next lower one's row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args

from store.kit.sections import PlanName

T = TypeVar("T")
PLANS: tuple[PlanName, ...] = get_args(PlanName)
"""From the lowest to the highest."""


def row_of(table: Mapping[PlanName, T], plan: str) -> T | None:
    """The plan's row, else that of the next lower plan that has one, else None."""
    rank = next((place for place, name in enumerate(PLANS) if name == plan), 0)
    return next((table[name] for name in reversed(PLANS[: rank + 1]) if name in table), None)
