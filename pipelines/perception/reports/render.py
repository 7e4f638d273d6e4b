"""The *render* stage: collects, sets the page or writes the rows, and keeps the file until the report's end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.clients import typesetter
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception.reports import page, sheet
from pipelines.perception.reports.collecting import Content, collect
from store.blobs import queries as blobs
from store.kit.errors import NotFound
from store.reports import queries

TEMPLATE = "perception/reports/report.typ"
MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
MAX_BYTES = 50 * 1024 * 1024


def run(ctx: Context) -> Outcome:
    """Make the file of the job's report, once."""
    try:
        report = queries.of_job(ctx.workspace_id, ctx.job_id)
        if report.blob_id is None:
            content = collect(report)
            ctx.check()
            missing, pieces = _file(report.format, content)
            blob = blobs.write(
                ctx.workspace_id,
                pieces,
                name=f"{_name(content)}.{report.format}",
                media_type=MEDIA_TYPES[report.format],
                max_bytes=MAX_BYTES,
            )
            with ctx.transaction():
                blobs.keep(ctx.workspace_id, blob.id, until=report.expires_at)
                queries.finish(ctx.workspace_id, report.id, blob_id=blob.id, missing_glyphs=missing)
    except NotFound as error:
        raise Permanent("brand_gone", "The brand was removed while its report was being made.") from error
    return Outcome(output={"reportId": report.id, "downloadUrl": f"/api/reports/download/{report.id}"})


def _file(kind: str, content: Content) -> tuple[str, Iterable[bytes]]:
    """(characters that no font has, the file's bytes)."""
    if kind == "csv":
        return "", sheet.lines(content)
    printed = typesetter.pdf(TEMPLATE, page.layout(content), made_at=content.made_at)
    return printed.missing, [printed.pdf]


def _name(content: Content) -> str:
    days = [f"{day:%Y-%m-%d}" for day in (content.first_day, content.last_day) if day]
    label = re.sub(r"[^\w.-]+", "-", content.label).strip("-.")[:60] or "brand"
    return "-".join(["ai-visibility", label, *(days or [f"{content.made_at:%Y-%m-%d}"])])
