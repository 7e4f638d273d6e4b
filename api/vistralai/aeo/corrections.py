"""/api/aeo/corrections: what is published against an insight, approved by a person, verified by asking again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.kit import paging
from api.kit.answer import Answer
from api.kit.ask import ended
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.vistralai.aeo.correction_types import CorrectionView, CreateCorrection, ListCorrections
from api.vistralai.onboarding import who
from pipelines.perception.corrections import making
from pipelines.perception.corrections.pipeline import verify
from store.brands import queries as brands
from store.insights import corrections
from store.insights.corrections import CorrectionNow
from store.kit import structs
from store.kit.settings import settings

LISTING = "corrections"


class Corrections:
    """/api/aeo/corrections."""

    @operation("List a brand's corrections, newest first", query=ListCorrections, returns=list[CorrectionView])
    def on_get(self, caller: Principal, query: ListCorrections, request: Request) -> Answer:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        found = corrections.page(
            caller.workspace_id,
            brand.id,
            limit=query.limit + 1,
            before_id=paging.before(LISTING, "correction", query.cursor),
            status=query.status,
            insight_id=query.insight_id,
        )
        return paging.page(request, LISTING, found, limit=query.limit, show=view)

    @operation("Suggest a correction of an insight", body=CreateCorrection, returns=CorrectionView, status=201)
    def on_post(self, caller: Principal, body: CreateCorrection) -> CorrectionView:
        """The suggestion is made from the brand's verified facts. 409 while the insight has an open one of that kind."""
        made = making.make(caller.workspace_id, insight_id=body.insight_id, fix_type=body.fix_type, by=who(caller))
        return view(made)


class ApproveCorrection:
    """/api/aeo/corrections/{workflowId}/approve."""

    @operation("Approve a correction", returns=CorrectionView)
    def on_post(self, caller: Principal, workflow_id: str) -> CorrectionView:
        """Before or after it is verified; 409 while that is under way."""
        return view(corrections.approve(caller.workspace_id, workflow_id, by=who(caller)))


class VerifyCorrection:
    """/api/aeo/corrections/{workflowId}/verify."""

    @operation("Verify a correction by asking again", returns=CorrectionView)
    async def on_post(self, caller: Principal, workflow_id: str, request: Request) -> CorrectionView:
        """Asks the platforms that were wrong the same questions. Waits a little for the end: `verified` or `failed`;
        what takes longer answers `verifying`, and GET shows the end."""
        place, database = caller.workspace_id, pool("database")
        started = await database.run(_start, caller, workflow_id, request.surface.name)
        if started.job_id is not None:
            await ended(place, started.job_id, within=timedelta(seconds=settings().perception.verify_wait_seconds))
        return view(await database.run(corrections.get, place, workflow_id))


def _start(caller: Principal, workflow_id: str, surface: str) -> CorrectionNow:
    return verify(caller.workspace_id, workflow_id, surface=surface, created_by=who(caller))


def view(one: CorrectionNow) -> CorrectionView:
    """The documented fields, with what else is known."""
    known: dict[str, Any] = {
        "verification": one.verification,
        "error": one.error,
        "approvedAt": one.approved_at,
        "verifiedAt": one.verified_at,
    }
    return structs.convert(
        {
            "workflowId": one.id,
            "insightId": one.insight_id,
            "status": one.status,
            "fixType": one.fix_type,
            "suggestion": one.suggestion,
            "createdAt": one.created_at,
            "updatedAt": one.updated_at,
            **{name: value for name, value in known.items() if value is not None},
        },
        CorrectionView,
    )
