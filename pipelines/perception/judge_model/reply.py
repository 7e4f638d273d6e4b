"""A model's reply, read as far as it has the shape that was asked for."""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.kit import structs

MOST_VERDICTS = 250  # of one reply; there are at most 120 facts


class BadReply(Exception):
    """The reply has not the shape that was asked for."""


class Said(Struct, frozen=True):
    """One verdict as the model gave it; nothing of it is checked."""

    fact: str
    verdict: Literal["supported", "contradicted", "not_said"]
    quote: str
    claimed: str = ""


class Reply(Struct, frozen=True):
    """`malformed` counts verdicts that were left out; `sentiment` is -1..1, None without a usable one."""

    said: list[Said]
    sentiment: float | None
    malformed: int


def read_reply(given: Any) -> Reply:
    """The reply's verdicts. One that has no shape costs itself; raises BadReply when the whole has none."""
    listed = given.get("verdicts") if isinstance(given, dict) else None
    if not isinstance(listed, list):
        raise BadReply
    said: list[Said] = []
    malformed = max(len(listed) - MOST_VERDICTS, 0)
    for one in listed[:MOST_VERDICTS]:
        try:
            said.append(structs.convert(one, Said))
        except msgspec.ValidationError:
            malformed += 1
    return Reply(said, _bounded(given.get("sentiment")), malformed)


def _bounded(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return None
    return min(max(float(given), -1.0), 1.0)
