"""/api/aeo/insights: what scans found that a person should know; pipelines/perception/insights finds it."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.kit import paging
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.vistralai.aeo.insight_types import Dismissed, InsightView, ListInsights, PrevalenceView
from store.brands import queries as brands
from store.insights import queries

LISTING = "insights"


class Insights:
    """/api/aeo/insights."""

    @operation("List a brand's insights, newest first", query=ListInsights, returns=list[InsightView])
    def on_get(self, caller: Principal, query: ListInsights, request: Request) -> Answer:
        brand = brands.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        found = queries.page(
            caller.workspace_id,
            brand.id,
            limit=query.limit + 1,
            before_id=paging.before(LISTING, "insight", query.cursor),
            type=query.type,
            severity=query.severity,
            platform=query.platform,
            scan_id=query.scan_id,
            dismissed=query.dismissed,
            resolved=None if query.status == "all" else query.status == "resolved",
        )
        return paging.page(request, LISTING, found, limit=query.limit, show=lambda row: _view(row, brand.label))


class DismissInsight:
    """/api/aeo/insights/{insightId}/dismiss."""

    @operation("Dismiss an insight", returns=Dismissed)
    def on_post(self, caller: Principal, insight_id: str) -> Dismissed:
        """Scans that see it again leave it dismissed. Doing it twice changes nothing."""
        row = queries.dismiss(caller.workspace_id, insight_id)
        assert row.dismissed_at is not None
        return Dismissed(id=row.id, dismissed=True, dismissed_at=row.dismissed_at)


def _view(row: Any, label: str) -> InsightView:
    def held(value: Any) -> Any:
        return UNSET if value is None else value

    return InsightView(
        id=row.id,
        scan_id=row.scan_id,
        brand360_id=label,
        type=row.type,
        severity=row.severity,
        platform=row.platform,
        platforms=row.platforms,
        description=row.description,
        evidence=row.evidence,
        dismissed=row.dismissed_at is not None,
        dismissed_at=held(row.dismissed_at),
        resolved_at=held(row.resolved_at),
        fact_id=held(row.fact_id),
        claimed=held(row.claimed),
        actual=held(row.actual),
        subject=held(row.subject),
        prevalence=PrevalenceView(**{part: row.prevalence[part] for part in PrevalenceView.__struct_fields__}),
        quotes=row.quotes,
        prompt_ids=row.prompt_ids,
        first_scan_id=row.first_scan_id,
        sandbox=row.sandbox,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
