"""/api/onboarding: have a website read, follow the job, decide what of it is true.

What runs after POST …/analyze is told in pipelines/onboarding/__init__.py.
"""

from __future__ import annotations

from msgspec import UNSET

from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.vistralai import progress
from api.vistralai.onboarding_types import (
    Analysis,
    AnalyzeRequest,
    Approved,
    ApproveRequest,
    FieldReviewView,
    OfJob,
    Rejected,
    RejectRequest,
    ReviewQueue,
    ReviewStats,
    ReviewView,
    Started,
)
from pipelines.magic_import.pipeline import PIPELINE as MAGIC_IMPORT
from pipelines.onboarding.pipeline import PIPELINE, submit
from store.brands import queries as brands
from store.brands import reviews
from store.brands.reviews import Decision, Opened
from store.jobs import queries as jobs
from store.jobs.queries import Job
from store.kit.errors import NotFound


class Analyze:
    """POST starts a job that reads a website; GET tells how far it is, and its result."""

    @operation("Analyze a website", body=AnalyzeRequest, returns=Started, status=202, load="heavy")
    def on_post(self, caller: Principal, body: AnalyzeRequest, request: Request) -> Answer:
        accepted = submit(
            caller.workspace_id,
            brand_id=body.brand_id,
            website_url=body.website_url,
            surface=request.surface.name,
            created_by=who(caller),
            idempotency_key=request.idempotency_key,
        )
        left = progress.seconds_of_a_new_one(PIPELINE)
        return Answer(
            body=Started(job_id=accepted.id, estimated_time_remaining=left),
            location=f"/api/onboarding/analyze?jobId={accepted.id}",
            retry_after=progress.pause(left),
        )

    @operation("Follow an analysis", query=OfJob, returns=Analysis)
    def on_get(self, caller: Principal, query: OfJob) -> Answer:
        job = progress.found(caller.workspace_id, query.job_id, PIPELINE, field="jobId", what="analysis")
        body = _analysis(job)
        left = body.estimated_time_remaining
        return Answer(
            body=body, etag=progress.etag(job), retry_after=progress.pause(left) if isinstance(left, int) else None
        )


class ReviewQueueOfJob:
    """GET: what a job found, field by field, with what was decided so far."""

    @operation("List the reviews of an analysis", query=OfJob, returns=ReviewQueue)
    def on_get(self, caller: Principal, query: OfJob) -> ReviewQueue:
        opened = reviews.of_job(caller.workspace_id, query.job_id)
        if not opened:
            job = jobs.find(caller.workspace_id, query.job_id)
            if job is None or job.pipeline not in (PIPELINE.name, MAGIC_IMPORT.name):
                raise NotFound("There is no such analysis.", field="jobId", value=query.job_id[:100])
        label = brands.get(caller.workspace_id, opened[0].review.brand_id).label if opened else ""
        counts = reviews.counts(opened)
        return ReviewQueue(
            reviews=[_review(one, label) for one in opened],
            stats=ReviewStats(
                total_reviews=counts["total"],
                pending_reviews=counts["pending"],
                approved_reviews=counts["approved"],
                rejected_reviews=counts["rejected"],
            ),
        )


class ApproveReview:
    """POST: approve, edit or reject fields; approved values become the brand's profile and are locked."""

    @operation("Decide on fields of a review", body=ApproveRequest, returns=Approved)
    def on_post(self, caller: Principal, body: ApproveRequest) -> Approved:
        decisions = [
            Decision(
                field=one.field,
                status=one.status,
                value=None if one.value is UNSET else one.value,
                given=one.value is not UNSET,
                feedback=one.feedback,
            )
            for one in body.approvals
        ]
        review, approved = reviews.approve(
            caller.workspace_id, body.review_id, decisions, by=who(caller), notes=body.notes
        )
        return Approved(id=review.id, status=review.status, updated_at=review.updated_at, user_approved_data=approved)


class RejectReview:
    """POST: reject whatever of a review no person has decided yet."""

    @operation("Reject a review", body=RejectRequest, returns=Rejected)
    def on_post(self, caller: Principal, body: RejectRequest) -> Rejected:
        review = reviews.reject(caller.workspace_id, body.review_id, reason=body.reason, by=who(caller))
        return Rejected(id=review.id, updated_at=review.updated_at)


def who(caller: Principal) -> str:
    """The person or the key that acts."""
    return caller.user_id or caller.key_id or caller.kind


def _analysis(job: Job) -> Analysis:
    """The documented shapes: under way, completed, and the two other ends."""
    if job.state == "completed":
        return Analysis(job_id=job.id, status="completed", progress=100, result=job.result)
    phase = progress.stage_of(job, PIPELINE)
    if job.is_over:
        return Analysis(
            job_id=job.id,
            status=job.state,  # type: ignore[arg-type]
            phase=phase,
            progress=int(job.progress),
            error=progress.fault_of(job, "The analysis failed."),
        )
    return Analysis(
        job_id=job.id,
        status="processing",
        phase=phase,
        progress=int(job.progress),
        message=job.message or UNSET,
        estimated_time_remaining=progress.seconds_left(job),
    )


def _review(opened: Opened, label: str) -> ReviewView:
    review, fields = opened.review, opened.fields
    is_identity = review.data_type == "identity"
    return ReviewView(
        id=review.id,
        job_id=review.job_id,
        brand_id=label,
        data_type=review.data_type,
        extracted_data={one.field: one.value for one in fields} if is_identity else [one.value for one in fields],
        field_reviews=[
            FieldReviewView(
                field=one.field,
                value=one.value,
                confidence=one.confidence,
                status=one.status,
                evidence=one.evidence,
                alternatives=one.alternatives,
                final_value=UNSET if one.status == "pending" else one.final_value,
                feedback=one.feedback or UNSET,
                reviewer=one.reviewer or UNSET,
                decided_at=one.decided_at or UNSET,
            )
            for one in fields
        ],
        status=review.status,
        notes=review.notes or UNSET,
        reason=review.reason or UNSET,
        created_at=review.created_at,
        updated_at=review.updated_at,
    )
