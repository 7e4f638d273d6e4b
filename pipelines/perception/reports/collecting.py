"""What a report is about: the scans of its period with their scores, the insights seen in it, and what was done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from pipelines.perception.records import BrandFacts
from pipelines.perception.scores import Comparison, ScanScore
from store.brands import queries as brands
from store.insights import corrections
from store.insights import queries as insights
from store.insights.corrections import CorrectionNow
from store.kit import structs
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.perception import scans
from store.reports.queries import ReportNow


class Scored(Struct, frozen=True):
    """A completed scan."""

    id: str
    at: datetime
    score: ScanScore


class Content(Struct, frozen=True, kw_only=True):
    """`scans` are oldest first, `left_out` how many older ones there are. `change` is the newest against the one before."""

    name: str
    label: str
    first_day: date | None
    last_day: date | None
    made_at: datetime
    scans: list[Scored]
    left_out: bool
    change: Comparison | None
    insights: list[Any]
    more_insights: bool
    corrections: list[CorrectionNow]

    @property
    def latest(self) -> Scored | None:
        return self.scans[-1] if self.scans else None

    @property
    def has_sandbox(self) -> bool:
        """Whether any of its numbers came from the sandbox."""
        return any(one.score.sandbox for one in self.scans) or any(one.sandbox for one in self.insights)


def collect(report: ReportNow) -> Content:
    """Everything the report says. Raises NotFound when the brand is gone."""
    wanted = settings().reports
    brand = brands.get(report.workspace_id, report.brand_id)
    since = datetime.combine(report.first_day, time.min, UTC) if report.first_day else None
    until = datetime.combine(report.last_day + timedelta(days=1), time.min, UTC) if report.last_day else None
    newest = scans.completed(
        report.workspace_id, brand.id, limit=wanted.max_scans + 1, since=since, until=_last_moment(until)
    )
    kept = [one for one in newest[: wanted.max_scans] if one.score and one.finished_at]
    seen = insights.in_period(report.workspace_id, brand.id, since=since, until=until, limit=wanted.max_insights + 1)
    shown = seen[: wanted.max_insights]
    change = insights.change(report.workspace_id, kept[0].id) if kept else None
    facts = structs.convert(kept[0].facts, BrandFacts) if kept and kept[0].facts else None
    return Content(
        name=facts.name if facts else brand.label,
        label=brand.label,
        first_day=report.first_day,
        last_day=report.last_day,
        made_at=utc_now(),
        scans=[
            Scored(one.id, one.finished_at, structs.convert(one.score, ScanScore))
            for one in reversed(kept)
            if one.finished_at
        ],
        left_out=len(newest) > wanted.max_scans,
        change=structs.convert(change.comparison, Comparison) if change and change.comparison else None,
        insights=shown,
        more_insights=len(seen) > wanted.max_insights,
        corrections=corrections.of_insights(report.workspace_id, [one.id for one in shown]),
    )


def _last_moment(end: datetime | None) -> datetime | None:
    """The last moment before `end`: the query's bound is included."""
    return end - timedelta(microseconds=1) if end else None
