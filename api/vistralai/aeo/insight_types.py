"""Request and response types of /api/aeo/insights."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.paging import Cursor, Limit
from api.kit.types import Camel
from pipelines.perception.insights.records import InsightType, Severity
from store.brands.values import Label


class ListInsights(Camel):
    """Which of the brand's insights. Without `status` those that are open, dismissed ones among them, as documented."""

    brand360_id: Label
    type: InsightType | None = None
    severity: Severity | None = None
    platform: str | None = None
    scan_id: Annotated[str, Meta(description="The scan that saw it last")] | None = None
    dismissed: bool | None = None
    status: Literal["open", "resolved", "all"] = "open"
    limit: Limit = 50
    cursor: Cursor | None = None


class PrevalenceView(Camel):
    """In `k` of `n` answers; `low` and `high` (0..1) bound the share at 95 %."""

    k: int
    n: int
    low: float
    high: float


class InsightView(Camel, kw_only=True):
    """`quotes` are the answers that show it: the words at `start`..`end` where it is words.

    `resolvedAt`: a later scan looked for it and did not find it.
    """

    id: str
    scan_id: str
    brand360_id: str
    type: InsightType
    severity: Severity
    platform: str
    platforms: list[str]
    description: str
    evidence: str
    dismissed: bool
    dismissed_at: datetime | UnsetType = UNSET
    resolved_at: datetime | UnsetType = UNSET
    fact_id: str | UnsetType = UNSET
    claimed: str | UnsetType = UNSET
    actual: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    prevalence: PrevalenceView
    quotes: list[dict[str, Any]]
    prompt_ids: list[str]
    first_scan_id: str
    sandbox: bool
    created_at: datetime
    updated_at: datetime


class Dismissed(Camel):
    id: str
    dismissed: bool
    dismissed_at: datetime
