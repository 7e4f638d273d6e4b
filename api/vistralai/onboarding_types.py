"""Request and response types of /api/onboarding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel
from api.vistralai.progress import JobFault
from store.brands.values import Label

Phase = Literal["crawl", "extract", "analyze", "review"]


class AnalyzeRequest(Camel):
    """The website to read, and the caller's own id of the brand it belongs to."""

    brand_id: Annotated[Label, Meta(examples=["brand_123"])]
    website_url: Annotated[str, Meta(max_length=4096, examples=["https://example.com"])]


class Started(Camel, kw_only=True):
    """The job that reads the website; times are seconds, progress is percent."""

    job_id: str
    status: Literal["started"] = "started"
    phase: Phase = "crawl"
    progress: int = 0
    estimated_time_remaining: int


class OfJob(Camel):
    """Which job."""

    job_id: str


class Analysis(Camel, kw_only=True):
    """Where the analysis stands. `result` is null until it is completed; `error` is there when it failed."""

    job_id: str
    status: Literal["processing", "completed", "failed", "cancelled"]
    phase: Phase | UnsetType = UNSET
    progress: int
    message: str | UnsetType = UNSET
    estimated_time_remaining: int | UnsetType | None = UNSET
    result: Any = None
    error: JobFault | UnsetType = UNSET


class FieldReviewView(Camel, kw_only=True):
    """One proposed value and what became of it. `evidence` tells page, quote, rule and confidence of each source."""

    field: str
    value: Any
    confidence: float
    status: Literal["pending", "approved", "edited", "rejected", "auto_approved"]
    evidence: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]
    final_value: Any = UNSET
    feedback: str | UnsetType = UNSET
    reviewer: str | UnsetType = UNSET
    decided_at: datetime | UnsetType = UNSET


class ReviewView(Camel, kw_only=True):
    """What a job found of one data type. `extractedData` is an object of fields (identity) or a list of entries."""

    id: str
    job_id: str
    brand_id: str
    data_type: Literal["identity", "competitors", "products", "audience"]
    extracted_data: Any
    field_reviews: list[FieldReviewView]
    status: Literal["pending", "approved", "partially_approved", "rejected"]
    notes: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    created_at: datetime
    updated_at: datetime


class ReviewStats(Camel):
    """A review with an undecided field is pending, whatever was decided of it so far."""

    total_reviews: int
    pending_reviews: int
    approved_reviews: int
    rejected_reviews: int


class ReviewQueue(Camel):
    reviews: list[ReviewView]
    stats: ReviewStats


class Approval(Camel, kw_only=True):
    """The decision on one field; `value` goes with `edited`."""

    field: str
    status: Literal["approved", "edited", "rejected"]
    value: Any = UNSET
    feedback: Annotated[str, Meta(max_length=5_000)] | None = None


class ApproveRequest(Camel):
    """Decisions on some or all fields of a review: all are taken, or none."""

    review_id: str
    approvals: Annotated[list[Approval], Meta(min_length=1, max_length=500)]
    notes: Annotated[str, Meta(max_length=5_000)] | None = None


class Approved(Camel):
    """`userApprovedData` holds every value of the review that a person approved or edited."""

    id: str
    status: Literal["pending", "approved", "partially_approved", "rejected"]
    updated_at: datetime
    user_approved_data: dict[str, Any]


class RejectRequest(Camel):
    review_id: str
    reason: Annotated[str, Meta(max_length=5_000)] | None = None


class Rejected(Camel, kw_only=True):
    id: str
    status: Literal["rejected"] = "rejected"
    updated_at: datetime
