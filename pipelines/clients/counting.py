"""Numbers as servers of others report them: tokens, searches, dollars. What is no such number is not believed.

An answer is paid for and kept, however odd what stands beside it.
"""

from __future__ import annotations

from typing import Any

from pipelines.pricing import NANO

MOST = 1_000_000_000  # tokens of one call
MOST_DOLLARS = 100_000


def counted(value: object) -> int:
    """A whole number from 0 to MOST; 0 for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(MOST)):
        value = int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= MOST else 0  # type: ignore[call-overload,operator]


def billed(dollars: object) -> int | None:
    """Nano-dollars; None for what is no price."""
    is_number = isinstance(dollars, int | float) and not isinstance(dollars, bool)
    if not is_number or not 0 <= dollars <= MOST_DOLLARS:  # type: ignore[operator]
        return None
    return round(float(dollars) * NANO)  # type: ignore[arg-type]


def section(body: Any, name: str) -> dict[str, Any]:
    """An object inside an object, {} where there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}
