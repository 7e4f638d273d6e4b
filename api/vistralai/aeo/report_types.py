"""Request and response types of /api/aeo/reports and the download of a report."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel
from pipelines.perception.scores import Quadrant, Verdict
from store.brands.values import Label

Number = float | int | None


class OfReport(Camel):
    """Which brand."""

    brand360_id: Label


class LatestScan(Camel):
    """The newest completed scan. A metric without data is null. `sandbox`: it has answers of the sandbox."""

    id: str
    quadrant: Quadrant
    metrics: dict[str, Number]
    sandbox: bool
    completed_at: datetime | None


class Trend(Camel, kw_only=True):
    """A metric in the newest scan and in the one before. `verdict` looks at the questions that both asked: `moved`

    means that the 95 % interval of the difference, `low`..`high`, excludes 0. It is absent with fewer than two scans.
    """

    current: Number
    previous: Number
    change: Number
    verdict: Verdict | UnsetType = UNSET
    low: Number | UnsetType = UNSET
    high: Number | UnsetType = UNSET


class Summary(Camel, kw_only=True):
    """How the brand stands. `latestScan` is null before the first scan is done."""

    brand360_id: str
    latest_scan: LatestScan | None
    trends: dict[str, Trend]
    open_insights: int
    pending_corrections: int


class DateRange(Camel):
    """Days in UTC, both included."""

    start: Annotated[dt.date, Meta(examples=["2024-12-01"])]
    end: Annotated[dt.date, Meta(examples=["2024-12-27"])]


class ExportReport(Camel, kw_only=True):
    """Without `dateRange` the report is about everything that is kept."""

    brand360_id: Label
    format: Literal["pdf", "csv"]
    date_range: DateRange | None = None


class Exported(Camel):
    """Where the report will be, until when."""

    report_id: str
    download_url: str
    expires_at: datetime


class Rendering(Camel):
    """The report is not there yet; ask again after Retry-After."""

    report_id: str
    status: Literal["rendering"] = "rendering"
