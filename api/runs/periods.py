"""The window of a question: `startDate` and `endDate` as ISO 8601 writes them, in UTC, half-open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

from api.kit.types import Camel
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput
from store.runs.figures import Window
from store.runs.windows import HOUR, floor

DEFAULT = timedelta(days=30)
LONGEST = timedelta(days=3660)
MIN_YEAR, MAX_YEAR = 1990, 2200
_DATE = re.compile(r"\d{4}-\d\d-\d\d([Tt ].+)?")
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")  # `+02:00` that nobody escaped arrives as a space

Moment = Annotated[str, Meta(max_length=40, examples=["2026-02-01T00:00:00Z"])]


class InPeriod(Camel):
    """From `startDate` to before `endDate`; a date is its midnight in UTC, a time without a zone is UTC.

    Without an end: up to now. Without a start: 30 days before the end.
    """

    start_date: Moment | None = None
    end_date: Moment | None = None


def window_of(query: InPeriod) -> Window:
    """The window asked for. Raises InvalidInput that names the parameter."""
    end = None if query.end_date is None else _moment(query.end_date, "endDate")
    if query.start_date is not None:
        start = _moment(query.start_date, "startDate")
    else:
        start = end - DEFAULT if end is not None else floor(utc_now() - DEFAULT, HOUR)
    until = end or utc_now()
    if end is not None and start >= end:
        raise InvalidInput("`endDate` must lie after `startDate`.", field="endDate")
    if start >= until + timedelta(days=1):
        raise InvalidInput("`startDate` lies in the future.", field="startDate")
    if until - start > LONGEST:
        raise InvalidInput(f"The period is longer than {LONGEST.days} days.", field="startDate")
    return Window(start, end)


def _moment(text: str, field: str) -> datetime:
    found = _LOST_PLUS.sub(r"+\1", text) if len(text) > len("2026-02-01 00:00") else text
    try:
        moment = datetime.fromisoformat(found) if _DATE.fullmatch(found) else None
    except ValueError:
        moment = None
    if moment is None or not MIN_YEAR <= moment.year <= MAX_YEAR:
        raise InvalidInput(
            f"`{field}` must be a date, or a date and time, like 2026-02-03 or 2026-02-03T12:00:00Z.", field=field
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
