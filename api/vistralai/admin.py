"""/api/admin: how the queues do, and what waits for a person. Owners and admins see their workspace, operators all."""

from __future__ import annotations

from msgspec import UNSET

from api.kit.identity import Principal
from api.kit.operation import operation
from api.vistralai.admin_types import (
    DashboardStats,
    ListReviews,
    QueueCounts,
    QueueStatsView,
    ReviewDashboard,
    ReviewRow,
    Stats,
)
from pipelines.engine import queue_stats
from pipelines.engine.queue_stats import Counts
from store.brands import dashboard
from store.kit import cursor, ids
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput
from store.kit.settings import settings

LISTING = "reviews"


class QueueStats:
    """GET: the three documented queues and our lanes, by jobs; none of it is counted in the tables."""

    @operation("Tell how the queues do", auth="admin", role="ADMIN", returns=QueueStatsView)
    def on_get(self, caller: Principal) -> QueueStatsView:
        found = queue_stats.of(queue_stats.ALL if caller.is_operator else caller.workspace_id)
        return QueueStatsView(
            timestamp=utc_now(),
            stats=Stats(
                crawl_queue=_counts(found.queues["crawl"]),
                extract_queue=_counts(found.queues["extract"]),
                analyze_queue=_counts(found.queues["analyze"]),
                total_jobs=found.jobs,
                average_processing_time=None if found.mean_seconds is None else round(found.mean_seconds * 1000),
                success_rate=None if found.success_rate is None else round(found.success_rate, 4),
                lanes={lane: _counts(counts) for lane, counts in found.lanes.items()},
            ),
        )


class ReviewQueueDashboard:
    """GET: every review, newest first, and how they fare."""

    @operation("List the reviews of all brands", auth="admin", role="ADMIN", query=ListReviews, returns=ReviewDashboard)
    def on_get(self, caller: Principal, query: ListReviews) -> ReviewDashboard:
        place = None if caller.is_operator else caller.workspace_id
        found = dashboard.page(
            place,
            status=None if query.status is UNSET else query.status,
            before_id=None if query.cursor is UNSET else _place(query.cursor),
            sure_from=settings().review.accept_confidence,
            limit=query.limit + 1,
        )
        shown = found[: query.limit]
        figures = dashboard.figures(place)
        seconds = figures.resolution_seconds
        return ReviewDashboard(
            reviews=[_row(one) for one in shown],
            stats=DashboardStats(
                total_reviews=figures.pending + figures.approved + figures.rejected,
                pending_reviews=figures.pending,
                approved_reviews=figures.approved,
                rejected_reviews=figures.rejected,
                average_resolution_time=None if seconds is None else round(seconds),
            ),
            next_cursor=cursor.encode(LISTING, shown[-1].id) if len(found) > len(shown) else None,
        )


def _counts(counts: Counts) -> QueueCounts:
    return QueueCounts(
        waiting=counts.waiting,
        active=counts.active,
        completed=counts.completed,
        failed=counts.failed,
        delayed=counts.delayed,
    )


def _place(text: str) -> str:
    place = cursor.decode(LISTING, text, str)
    if not ids.is_id("review", place):
        raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
    return place


def _row(one: dashboard.Row) -> ReviewRow:
    return ReviewRow(
        id=one.id,
        job_id=one.job_id,
        brand_id=one.brand_label,
        workspace_id=one.workspace_id,
        data_type=one.data_type,  # type: ignore[arg-type]
        status=one.status,
        field_count=one.fields,
        low_confidence_field_count=one.low_confidence_fields,
        pending_field_count=one.undecided_fields,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )
