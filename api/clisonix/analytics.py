"""/v1/analytics/summary: the workspace's own API requests, from its hourly figures (api/kit/usage.py counts them)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from api.clisonix.analytics_types import Period, SummaryQuery, SummaryView
from api.kit.identity import Principal
from api.kit.operation import operation
from store.kit.clock import rfc3339
from store.kit.errors import InvalidInput
from store.usage import queries
from store.usage.queries import Granularity

MOST_PERIODS = 2000
_HOUR = timedelta(hours=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class AnalyticsSummary:
    """GET: how many requests, by whom, how fast, how well, and when."""

    @operation("Summarize the workspace's API requests", query=SummaryQuery, returns=SummaryView)
    def on_get(self, caller: Principal, query: SummaryQuery) -> SummaryView:
        """Figures are kept by the hour, so a range begins and ends with one; the newest may be a few seconds old."""
        start, end = _moment(query.start, "from"), _moment(query.end, "to")
        if _DATE.fullmatch(query.end):
            end += timedelta(days=1)
        if start >= end:
            raise InvalidInput("`from` must lie before `to`.", field="from")
        start, end = _whole(start), _whole(end + _HOUR - timedelta(microseconds=1))
        periods = list(_periods(start, end, query.granularity))
        found = queries.summary(caller.workspace_id, start, end, query.granularity)
        counted = dict(found.timeline)
        good = found.requests - found.failed
        return SummaryView(
            total_requests=found.requests,
            unique_users=found.callers,
            avg_latency_ms=None if found.average_ms is None else round(found.average_ms),
            success_rate=round(100 * good / found.requests, 1) if found.requests else None,
            timeline=[Period(date=_told(one, query.granularity), requests=counted.get(one, 0)) for one in periods],
        )


def _moment(text: str, field: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"`{field}` must be an ISO 8601 date or moment, like 2026-02-01 or 2026-02-01T12:00:00Z.", field=field
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not datetime(2000, 1, 1, tzinfo=UTC) <= found <= datetime(2200, 1, 1, tzinfo=UTC):
        raise InvalidInput(f"`{field}` must lie between the years 2000 and 2200.", field=field)
    return found.astimezone(UTC)


def _whole(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _periods(start: datetime, end: datetime, granularity: Granularity) -> Iterator[datetime]:
    """The start of each period that the range touches. Raises InvalidInput when they are too many."""
    moment, number = _begin(start, granularity), 0
    while moment < end:
        number += 1
        if number > MOST_PERIODS:
            raise InvalidInput(
                f"The range has more than {MOST_PERIODS} periods; ask for less, or for a coarser granularity.",
                field="granularity",
            )
        yield moment
        moment = _next(moment, granularity)


def _begin(moment: datetime, granularity: Granularity) -> datetime:
    if granularity == "hour":
        return moment
    day = moment.replace(hour=0)
    if granularity == "day":
        return day
    return day - timedelta(days=day.weekday()) if granularity == "week" else day.replace(day=1)


def _next(moment: datetime, granularity: Granularity) -> datetime:
    if granularity == "month":
        return (moment + timedelta(days=32)).replace(day=1)
    return moment + {"hour": _HOUR, "day": timedelta(days=1), "week": timedelta(days=7)}[granularity]


def _told(moment: datetime, granularity: Granularity) -> str:
    return rfc3339(moment) if granularity == "hour" else date.isoformat(moment.date())
