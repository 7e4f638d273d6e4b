"""The *write* stage: the rows a page at a time, or the report on paper, into a blob; then the event with its link."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.clients import typesetter
from pipelines.engine import links
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.runs.exports.pipeline import path_of
from pipelines.runs.exports.report import paper
from pipelines.runs.exports.report.content import collect
from store.blobs import queries as blobs
from store.exports import queries
from store.exports.queries import ExportNow
from store.jobs import events
from store.kit.errors import PayloadTooLarge
from store.kit.settings import settings
from store.runs import figures, pages
from store.runs.figures import Window

TEMPLATE = "runs/exports/report/report.typ"
KINDS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
    "report": ("pdf", "application/pdf"),
}


def run(ctx: Context) -> Outcome:
    """Make the file of the job's export, once."""
    export = queries.of_job(ctx.workspace_id, ctx.job_id)
    if export.blob_id is None:
        ending, media_type = KINDS[export.format]
        counted = _Counted()
        try:
            blob = blobs.write(
                ctx.workspace_id,
                _report(export) if export.format == "report" else _rows(ctx, export, counted),
                name=f"{name_of(export)}.{ending}",
                media_type=media_type,
                max_bytes=settings().runs.max_export_bytes,
            )
        except PayloadTooLarge as error:
            raise Permanent("export_too_large", f"{error.message} Ask for fewer days.") from error
        with ctx.transaction():
            blobs.keep(ctx.workspace_id, blob.id, until=export.expires_at)
            queries.finish(ctx.workspace_id, export.id, blob_id=blob.id, runs=counted.runs)
            url = links.signed(path_of(export.id), until=export.expires_at)
            told = {"exportId": export.id, "format": export.format, "url": url}
            events.tell(ctx.workspace_id, "export.completed", told, job_id=ctx.job_id)
    return Outcome(output={"exportId": export.id, "url": path_of(export.id)})


def name_of(export: ExportNow) -> str:
    """A file's name without its ending."""
    kind = "ai-runs-report" if export.format == "report" else "ai-runs"
    return f"{kind}-{export.start_at:%Y-%m-%d}-to-{export.end_at:%Y-%m-%d}"


class _Counted:
    """How many runs were written."""

    runs = 0


def _rows(ctx: Context, export: ExportNow, counted: _Counted) -> Iterator[bytes]:
    wanted = pages.Wanted(
        workspace_id=export.workspace_id,
        format="csv" if export.format == "csv" else "json",
        start=export.start_at,
        end=export.end_at,
        with_texts=export.with_texts,
    )
    whole = max(figures.totals(export.workspace_id, Window(export.start_at, export.end_at)).runs, 1)
    yield pages.opening(wanted).encode()
    for page in pages.pages(wanted):
        if counted.runs:
            yield pages.between(wanted).encode()
        yield page.text.encode()
        counted.runs += page.runs
        ctx.progress(min(counted.runs / whole, 0.99), f"{counted.runs:,} runs")
    yield pages.closing(wanted, counted.runs).encode()


def _report(export: ExportNow) -> Iterator[bytes]:
    content = collect(export.workspace_id, Window(export.start_at, export.end_at))
    yield typesetter.pdf(TEMPLATE, paper.layout(content), made_at=content.made_at).pdf
