"""/api/aeo/perception-scan: ask AI platforms about a brand, follow it, read every answer that the numbers come from.

What runs after POST is told in pipelines/perception/pipeline.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from api.kit import ask, paging
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.vistralai.aeo import scan_views as views
from api.vistralai.aeo.scan_types import (
    AnswerPage,
    CreateScan,
    JudgePreview,
    ListAnswers,
    ListScans,
    PlatformPreview,
    Preview,
    Rejudging,
    ScanInList,
    ScanStarted,
    ScanView,
)
from api.vistralai.onboarding import who
from pipelines.engine import control
from pipelines.engine.submit import Submission, submit_async
from pipelines.perception import pipeline, profile
from pipelines.perception.pipeline import ScanInput
from store.brands import queries as brands
from store.insights import queries as insights
from store.kit import cursor, ids
from store.kit.errors import Conflict, InvalidInput
from store.perception import answers, scans
from store.perception.scans import ScanNow

LISTING, ANSWERS = "scans", "answers"
PREVIEW_WITHIN = timedelta(seconds=20)
PAUSE_SECONDS = 2


class Scans:
    """/api/aeo/perception-scan."""

    @operation("Start a perception scan", body=CreateScan, returns=ScanStarted, status=202)
    def on_post(self, caller: Principal, body: CreateScan, request: Request) -> Answer:
        """The same Idempotency-Key with the same body answers with the same scan."""
        scan = pipeline.submit(
            caller.workspace_id,
            brand=body.brand360_id,
            platforms=body.platforms,
            prompt_count=body.prompt_count,
            categories=body.categories,
            repeats=body.repeats,
            max_spend=body.max_spend,
            surface=request.surface.name,
            created_by=who(caller),
            idempotency_key=request.idempotency_key,
        )
        told = ScanStarted(
            scan_id=scan.id,
            status=scan.status,  # type: ignore[arg-type]
            platforms=scan.platforms,
            created_at=scan.created_at,
            job_id=scan.job_id,
            sandbox=bool(scan.sandboxed),
            sandbox_platforms=scan.sandboxed,
            would_help=_would_help(caller.workspace_id, scan.brand_id),
        )
        return Answer(body=told, location=f"/api/aeo/perception-scan/{scan.id}", retry_after=PAUSE_SECONDS)

    @operation("List a brand's scans, newest first", query=ListScans, returns=list[ScanInList])
    def on_get(self, caller: Principal, query: ListScans, request: Request) -> Answer:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        found = scans.page(
            caller.workspace_id,
            brand.id,
            limit=query.limit + 1,
            before_id=paging.before(LISTING, "scan", query.cursor),
        )
        return paging.page(
            request, LISTING, found, limit=query.limit, show=lambda scan: views.in_list(scan, brand.label)
        )


class ScanPreview:
    """/api/aeo/perception-scan/preview."""

    @operation("Tell what a scan would ask and cost", body=CreateScan, returns=Preview)
    async def on_post(self, caller: Principal, body: CreateScan, request: Request) -> Preview:
        """Nothing is asked and nothing is written."""
        wish = _wish(body)
        label, helpful = await pool("database").run(_checked, caller.workspace_id, wish)
        told = await ask.answer(
            Submission(
                workspace_id=caller.workspace_id,
                pipeline=pipeline.PREVIEW.name,
                input=wish,
                surface=request.surface.name,
                created_by=who(caller),
            ),
            within=PREVIEW_WITHIN,
        )
        return Preview(
            brand360_id=label,
            platforms=[
                PlatformPreview(
                    platform=one["platform"],
                    model=one["model"],
                    sandbox=one["sandbox"],
                    cells=one["cells"],
                    estimated_cost=views.dollars(one["costNano"]),
                )
                for one in told["platforms"]
            ],
            prompts=told["prompts"],
            repeats=told["repeats"],
            cells=told["cells"],
            estimated_cost=told["costNano"] / views.NANO,
            max_spend=views.dollars(told["capNano"]),
            fits=told["fits"],
            would_help=helpful,
            judge=_judge(told["judge"]),
        )


class Scan:
    """/api/aeo/perception-scan/{scan_id}."""

    @operation("Get a scan: its numbers, or how far it is", returns=ScanView)
    def on_get(self, caller: Principal, scan_id: str) -> Answer:
        return _answer(caller.workspace_id, scan_id)

    @operation("Cancel a scan; what was answered is kept", returns=ScanView)
    def on_delete(self, caller: Principal, scan_id: str) -> Answer:
        """One that is over stays as it is."""
        return _cancelled(caller.workspace_id, scan_id)


class CancelScan:
    """/api/aeo/perception-scan/{scan_id}/cancel."""

    @operation("Cancel a scan; what was answered is kept", returns=ScanView)
    def on_post(self, caller: Principal, scan_id: str) -> Answer:
        """One that is over stays as it is."""
        return _cancelled(caller.workspace_id, scan_id)


class RejudgeScan:
    """/api/aeo/perception-scan/{scan_id}/rejudge."""

    @operation("Judge a scan's answers anew, without asking again", returns=Rejudging, status=202)
    async def on_post(self, caller: Principal, request: Request, scan_id: str) -> Answer:
        """With the present judge and the profile's present facts. A scan that was cancelled gets the numbers of what it had."""
        await pool("database").run(_check_rejudge, caller.workspace_id, scan_id)
        accepted = await submit_async(
            Submission(
                workspace_id=caller.workspace_id,
                pipeline=pipeline.REJUDGE.name,
                input=pipeline.OfScan(scan_id=scan_id),
                surface=request.surface.name,
                concurrency_key=f"rejudge:{scan_id}",
                created_by=who(caller),
                idempotency_key=request.idempotency_key,
            )
        )
        return Answer(
            body=Rejudging(scan_id=scan_id, job_id=accepted.id),
            location=f"/api/aeo/perception-scan/{scan_id}",
            retry_after=PAUSE_SECONDS,
        )


class ScanAnswers:
    """/api/aeo/perception-scan/{scan_id}/answers."""

    @operation("Read a scan's answers, with quotes and citations", query=ListAnswers, returns=AnswerPage)
    def on_get(self, caller: Principal, query: ListAnswers, scan_id: str) -> AnswerPage:
        scan = scans.get(caller.workspace_id, scan_id)
        after_id = None
        if query.cursor:
            after_id = cursor.decode(ANSWERS, query.cursor, str)
            if not ids.is_id("answer", after_id):
                raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
        found = answers.page(
            caller.workspace_id,
            scan.id,
            limit=query.limit + 1,
            after_id=after_id,
            platform=query.platform,
            state=query.state,
            prompt_id=query.prompt_id,
        )
        kept = found[: query.limit]
        more = len(found) > query.limit
        return AnswerPage(
            answers=[views.answer(one) for one in kept],
            next_cursor=cursor.encode(ANSWERS, kept[-1].id) if more else None,
            has_more=more,
        )


def _judge(told: dict[str, Any] | None) -> JudgePreview | None:
    if told is None:
        return None
    return JudgePreview(model=told["model"], calls=told["calls"], estimated_cost=views.dollars(told["costNano"]))


def _wish(body: CreateScan) -> ScanInput:
    return ScanInput(
        brand360_id=body.brand360_id,
        platforms=body.platforms,
        prompt_count=body.prompt_count,
        categories=body.categories,
        repeats=body.repeats,
        max_spend=body.max_spend,
    )


def _checked(workspace_id: str, wish: ScanInput) -> tuple[str, list[dict[str, str]]]:
    """(the brand's label, what would help), after everything that can be wrong."""
    pipeline.check(workspace_id, wish, starts=False)
    label = brands.get(workspace_id, wish.brand360_id, field="brand360Id").label
    return label, _would_help(workspace_id, wish.brand360_id)


def _would_help(workspace_id: str, brand: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = msgspec.to_builtins(profile.what_would_help(workspace_id, brand))
    return found


def _check_rejudge(workspace_id: str, scan_id: str) -> None:
    scan = scans.get(workspace_id, scan_id)
    if not scan.is_over:
        raise Conflict("The scan is still under way.", field="scanId", status=scan.status)
    if not any(one.state == "valid" for one in answers.counts(workspace_id, scan_id)):
        raise Conflict("The scan has no answers that could be judged.", field="scanId", status=scan.status)


def _cancelled(workspace_id: str, scan_id: str) -> Answer:
    scan = scans.get(workspace_id, scan_id)
    if not scan.is_over:
        control.cancel(workspace_id, scan.job_id)
    return _answer(workspace_id, scan_id)


def _answer(workspace_id: str, scan_id: str) -> Answer:
    scan = scans.get(workspace_id, scan_id)
    return Answer(body=_view(scan), retry_after=None if scan.is_over else PAUSE_SECONDS)


def _view(scan: ScanNow) -> ScanView:
    label = brands.get(scan.workspace_id, scan.brand_id).label
    found = insights.change(scan.workspace_id, scan.id) if scan.status == "completed" else None
    change: dict[str, Any] | None = None
    if found is not None and found.comparison is not None:
        change = {"previousScanId": found.previous_scan_id, **found.comparison}
    return views.whole(scan, label, counts=answers.counts(scan.workspace_id, scan.id), change=change)
