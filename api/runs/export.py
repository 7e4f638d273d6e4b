"""/api/export: runs as JSON or CSV while one waits, a report as a page, and files that a worker writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from api.kit import ask, download
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.runs.export_types import (
    AskForExport,
    ExportError,
    ExportList,
    ExportRuns,
    ExportView,
    ListExports,
    OpenFile,
)
from pipelines.engine import links
from pipelines.runs.exports.pipeline import Format, ask_for, path_of
from pipelines.runs.exports.report import html
from pipelines.runs.exports.report.content import collect
from store.blobs import queries as blobs
from store.blobs.links import check
from store.blobs.queries import Blob
from store.exports import queries
from store.exports.queries import ExportNow
from store.kit import cursor, ids
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput, Unauthenticated
from store.kit.settings import settings
from store.runs import figures, pages
from store.runs.figures import Window
from store.runs.pages import Wanted

LISTING = "exports"
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class Export:
    """/api/export."""

    @operation(
        "Export runs, or a report of them",
        query=ExportRuns,
        also=(202,),
        media_types=("application/json", "text/csv", "text/html", "application/pdf"),
    )
    async def on_get(self, caller: Principal, query: ExportRuns, request: Request) -> Answer:
        """Oldest first, streamed. More than a million runs are written by a job: 202 with where it stands. A report is a
        page; on paper with `output=pdf` or `Accept: application/pdf`."""
        start, end = _period(query.days)
        run = pool("database").run
        if query.format == "report":
            if query.output == "pdf" or request.accepts("application/pdf"):
                return await _on_paper(caller, request, start, end)
            content = await run(collect, caller.workspace_id, Window(start, end))
            return Answer(
                body=html.page(content).encode(),
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": html.POLICY},
            )
        found = await run(figures.totals, caller.workspace_id, Window(start, end))
        if found.runs > settings().runs.stream_runs:
            made = await run(_ask, caller, query.format, start, end, with_texts=query.content, key=None)
            return _accepted(made)
        wanted = Wanted(
            workspace_id=caller.workspace_id, format=query.format, start=start, end=end, with_texts=query.content
        )
        name = f"ai-runs-{start:%Y-%m-%d}-to-{end:%Y-%m-%d}.{query.format}"
        return Answer(
            stream=_stream(wanted),
            content_type=MEDIA_TYPES[query.format],
            headers={"Content-Disposition": download.disposition(name)},
        )

    @operation("Export runs as a file", body=AskForExport, returns=ExportView, status=202)
    def on_post(self, caller: Principal, body: AskForExport, request: Request) -> Answer:
        """A worker writes it; `export.completed` is sent to webhooks with the link."""
        start, end = _period(body.days)
        made = _ask(caller, body.format, start, end, with_texts=body.content, key=request.idempotency_key)
        return _accepted(made)


class Exports:
    """The files."""

    @operation("List exports that are files, newest first", query=ListExports, returns=ExportList)
    def on_get(self, caller: Principal, query: ListExports) -> ExportList:
        before_id = cursor.decode(LISTING, query.cursor, str) if query.cursor else None
        if before_id is not None and not ids.is_id("export", before_id):
            raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
        found = queries.listed(caller.workspace_id, limit=query.limit + 1, before_id=before_id)
        kept, more = found[: query.limit], len(found) > query.limit
        return ExportList(
            exports=[_view(one) for one in kept],
            next_cursor=cursor.encode(LISTING, kept[-1].id) if more else None,
            has_more=more,
        )


class OneExport:
    """One file."""

    @operation("See how an export stands", returns=ExportView)
    def on_get(self, caller: Principal, export_id: str) -> ExportView:
        return _view(queries.get(caller.workspace_id, export_id))


class ExportFile:
    """Its bytes."""

    @operation(
        "Download an export",
        query=OpenFile,
        also=(206,),
        auth="public",
        media_types=("text/csv", "application/json", "application/pdf"),
    )
    async def on_get(self, caller: Principal | None, query: OpenFile, request: Request, export_id: str) -> Answer:
        """With the signed link, or with a key. Ranges are served."""
        return download.answer(request, await pool("database").run(_blob, caller, export_id, query))


def _period(days: int) -> tuple[datetime, datetime]:
    now = utc_now()
    return now - timedelta(days=days), now + timedelta(seconds=settings().runs.ahead_seconds)


async def _stream(wanted: Wanted) -> AsyncIterator[bytes]:
    """A page at a time, the next one being fetched while one is sent; a client that is slow holds nothing but the two."""

    def fetch(place: pages.Place) -> asyncio.Task[pages.Page]:
        return asyncio.create_task(pool("database").run(pages.page, wanted, place))

    yield pages.opening(wanted).encode()
    runs, coming = 0, fetch(wanted.first)
    try:
        while True:
            page = await coming
            if page.last is not None:
                coming = fetch(page.last)
            if page.runs:
                yield (pages.between(wanted) if runs else "").encode() + page.text.encode()
            runs += page.runs
            if page.last is None:
                break
    finally:
        coming.cancel()
    yield pages.closing(wanted, runs).encode()


async def _on_paper(caller: Principal, request: Request, start: datetime, end: datetime) -> Answer:
    """The PDF once a worker has set it, or 202 when that takes long."""
    run = pool("database").run
    made = await run(_ask, caller, "report", start, end, with_texts=False, key=None)
    within = timedelta(seconds=settings().runs.report_wait_seconds)
    job = await ask.ended(caller.workspace_id, made.job_id, within=within)
    if job is None:
        return _accepted(made)
    if job.state != "completed":
        raise ask.error_of(job)
    ready = await run(queries.get, caller.workspace_id, made.id)
    return download.answer(request, await run(blobs.get, caller.workspace_id, queries.blob_of(ready)))


def _ask(
    caller: Principal, kind: Format, start: datetime, end: datetime, *, with_texts: bool, key: str | None
) -> ExportNow:
    return ask_for(
        caller.workspace_id,
        format=kind,
        start=start,
        end=end,
        with_texts=with_texts,
        created_by=caller.user_id or caller.key_id,
        idempotency_key=key,
    )


def _accepted(made: ExportNow) -> Answer:
    return Answer(body=_view(made), status=202, location=f"/api/export/{made.id}", retry_after=1)


def _blob(caller: Principal | None, export_id: str, query: OpenFile) -> Blob:
    if query.signature is not None:
        check(path_of(export_id), expires=query.expires or 0, signature=query.signature)
        export = queries.get_by_link(export_id)
    elif caller is None or not caller.workspace_id:
        raise Unauthenticated("Use the signed link, or send a secret key as `Authorization: Bearer …`.")
    else:
        export = queries.get(caller.workspace_id, export_id)
    return blobs.get(export.workspace_id, queries.blob_of(export))


def _view(one: Any) -> ExportView:
    view = ExportView(
        id=one.id,
        job_id=one.job_id,
        status="processing",
        format=one.format,
        start_date=one.start_at,
        end_date=one.end_at,
        runs=one.runs,
        created_at=one.created_at,
        expires_at=one.expires_at,
    )
    if one.has_expired:
        view.status = "expired"
    elif one.blob_id is not None:
        view.status, view.url = "completed", links.signed(path_of(one.id), until=one.expires_at)
    elif one.state in ("failed", "cancelled", None):
        error = one.error or {}
        view.status = "failed"
        view.error = ExportError(
            code=error.get("code", "cancelled"), message=error.get("message", "The export was cancelled.")
        )
    return view
