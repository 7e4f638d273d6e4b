"""Request and response types of /api/admin."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel
from store.brands.dashboard import Status


class QueueCounts(Camel):
    """Jobs in it now (waiting, active, delayed), and how many have left it completed or failed."""

    waiting: int
    active: int
    completed: int
    failed: int
    delayed: int


class Stats(Camel, kw_only=True):
    """`averageProcessingTime` is milliseconds from a job's start to its end; it and `successRate` are null without any."""

    crawl_queue: QueueCounts
    extract_queue: QueueCounts
    analyze_queue: QueueCounts
    total_jobs: int
    average_processing_time: int | None
    success_rate: float | None
    lanes: dict[str, QueueCounts]


class QueueStatsView(Camel, kw_only=True):
    queue_type: Literal["dramatiq"] = "dramatiq"
    timestamp: datetime
    stats: Stats


class ListReviews(Camel, kw_only=True):
    """Which reviews; `cursor` is the `nextCursor` of the page before."""

    status: Status | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: str | UnsetType = UNSET


class ReviewRow(Camel, kw_only=True):
    """`lowConfidenceFieldCount`: fields that onboarding would not have approved by itself; `pendingFieldCount`: undecided ones."""

    id: str
    job_id: str
    brand_id: str
    workspace_id: str
    data_type: Literal["identity", "competitors", "products", "audience"]
    status: Status
    field_count: int
    low_confidence_field_count: int
    pending_field_count: int
    created_at: datetime
    updated_at: datetime


class DashboardStats(Camel, kw_only=True):
    """A review with an undecided field is pending. `averageResolutionTime`: seconds that people took, null without any."""

    total_reviews: int
    pending_reviews: int
    approved_reviews: int
    rejected_reviews: int
    average_resolution_time: int | None


class ReviewDashboard(Camel, kw_only=True):
    reviews: list[ReviewRow]
    stats: DashboardStats
    next_cursor: str | None
