"""/api/aeo/reports: the summary, and files for people; the files are made by pipelines/perception/reports in a worker."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.kit import download
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.vistralai.aeo.report_types import (
    Exported,
    ExportReport,
    LatestScan,
    OfReport,
    Rendering,
    Summary,
    Trend,
)
from api.vistralai.onboarding import who
from pipelines.perception.reports.pipeline import ask_for
from pipelines.perception.scores import DOCUMENTED, Change, shown
from store.blobs import queries as blobs
from store.brands import queries as brands
from store.insights import corrections
from store.insights import queries as insights
from store.kit import structs
from store.kit.errors import Broken, Gone
from store.perception import scans
from store.perception.scans import ScanNow
from store.reports import queries as reports

PAUSE_SECONDS = 1


class ReportSummary:
    """/api/aeo/reports/summary."""

    @operation("Summarize how a brand stands", query=OfReport, returns=Summary)
    def on_get(self, caller: Principal, query: OfReport) -> Summary:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        done = scans.completed(caller.workspace_id, brand.id, limit=2, whole=False)
        latest = done[0] if done else None
        return Summary(
            brand360_id=brand.label,
            latest_scan=_latest(latest) if latest else None,
            trends=_trends(done),
            open_insights=insights.count_open(caller.workspace_id, brand.id),
            pending_corrections=corrections.count_pending(caller.workspace_id, brand.id),
        )


class ReportExport:
    """/api/aeo/reports/export."""

    @operation("Export a report", body=ExportReport, returns=Exported)
    def on_post(self, caller: Principal, body: ExportReport, request: Request) -> Exported:
        """Answers at once; the file is at `downloadUrl` as soon as it is rendered, and expires."""
        brand = brands.get(caller.workspace_id, body.brand360_id, field="brand360Id")
        made = ask_for(
            brand,
            format=body.format,
            first_day=body.date_range.start if body.date_range else None,
            last_day=body.date_range.end if body.date_range else None,
            surface=request.surface.name,
            created_by=who(caller),
            idempotency_key=request.idempotency_key,
        )
        return Exported(report_id=made.id, download_url=f"/api/reports/download/{made.id}", expires_at=made.expires_at)


class ReportDownload:
    """/api/reports/download/{reportId}."""

    @operation("Download a report", returns=download.File, also=(202, 206))
    def on_get(self, caller: Principal, report_id: str, request: Request) -> Answer:
        """202 until it is rendered, 410 after it has expired."""
        report = reports.get(caller.workspace_id, report_id)
        if report.has_expired:
            raise Gone("This report has expired; export it again.", code="report_expired", reportId=report.id)
        if report.blob_id is not None:
            return download.answer(request, blobs.get(caller.workspace_id, report.blob_id))
        if report.state not in {"queued", "running", "completed"}:
            raise Broken("This report could not be made; export it again.", code="report_failed", reportId=report.id)
        return Answer(status=202, body=Rendering(report_id=report.id), retry_after=PAUSE_SECONDS)


def _latest(scan: ScanNow) -> LatestScan:
    quadrant: Any = scan.quadrant or "insufficient_data"
    return LatestScan(
        id=scan.id,
        quadrant=quadrant,
        metrics=_metrics(scan),
        sandbox=bool(scan.sandboxed),
        completed_at=scan.finished_at,
    )


def _metrics(scan: ScanNow) -> dict[str, Any]:
    held = scan.metrics or {}
    return {name: shown(name, held.get(name)) for name in DOCUMENTED}


def _trends(done: list[ScanNow]) -> dict[str, Trend]:
    """Of the newest scan; by the comparison that was made when it completed, if it was with the scan before it."""
    current = _metrics(done[0]) if done else dict.fromkeys(DOCUMENTED)
    previous = _metrics(done[1]) if len(done) > 1 else dict.fromkeys(DOCUMENTED)
    verdicts: dict[str, Change] = {}
    if len(done) > 1:
        compared_with, changes = insights.overall_change(done[0].workspace_id, done[0].id)
        if changes and compared_with == done[1].id:
            verdicts = structs.convert(changes, dict[str, Change])
    return {name: _trend(name, current[name], previous[name], verdicts.get(name)) for name in DOCUMENTED}


def _trend(name: str, current: Any, previous: Any, verdict: Any) -> Trend:
    change = None if current is None or previous is None else shown(name, current - previous)
    if verdict is None:
        return Trend(current=current, previous=previous, change=change)
    bounds = {end: UNSET if value is None else shown(name, value) for end, value in
              (("low", verdict.low), ("high", verdict.high))}  # fmt: skip
    return Trend(current=current, previous=previous, change=change, verdict=verdict.verdict, **bounds)
