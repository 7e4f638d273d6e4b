"""The event log: a job's stream or page, and the workspace's pull feed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from api.jobs import view
from api.jobs.types import EventPage, EventView, ReadEvents
from api.kit import stream
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.tail import tailer
from api.kit.threads import pool
from store.jobs import events, queries
from store.jobs.events import START, Cursor
from store.jobs.records import Event

KEPT_FRAMES = 256
ENDINGS = frozenset({"job.completed", "job.failed", "job.cancelled"})


class JobEvents:
    """/v1/jobs/{job_id}/events."""

    @operation("Follow a job's events (text/event-stream), or read a page of them", query=ReadEvents, returns=EventPage)
    async def on_get(self, caller: Principal, query: ReadEvents, request: Request, job_id: str) -> Answer:
        """`Last-Event-ID` takes a stream up again; it ends with the job. 204: the job is over and all was told."""
        read = pool("database").run
        if not request.accepts(stream.MEDIA_TYPE):
            return Answer(body=await read(_page_of_job, caller.workspace_id, job_id, query))
        after = events.parse_cursor(request.header(b"last-event-id") or query.after, field="Last-Event-ID")
        if await read(_is_told, caller.workspace_id, job_id, after):
            return Answer(status=204)
        return stream.answer(request, _frames(caller.workspace_id, job_id, after))


class Feed:
    """/v1/events."""

    @operation("Read the workspace's events after a cursor", query=ReadEvents, returns=EventPage)
    def on_get(self, caller: Principal, query: ReadEvents) -> EventPage:
        """In order, each once. A cursor older than the retention is 410."""
        after = events.parse_cursor(query.after)
        found = events.of_workspace(caller.workspace_id, after=after, limit=query.limit + 1)
        return _page(found, query, after)


async def _frames(workspace_id: str, job_id: str, after: Cursor) -> AsyncIterator[stream.Frame | None]:
    running = await tailer()
    async for event in running.follow(
        workspace_id, job_id=job_id, after=after, quiet_seconds=max(stream.quiet_seconds(), 0.1)
    ):
        yield None if event is None else _frame(event)


_encoded: dict[str, stream.Frame] = {}


def _frame(event: Event) -> stream.Frame:
    """The event's bytes, made once for all the streams of this process that tell it."""
    known = _encoded.get(event.cursor)
    if known is None:
        told = view.of_event(event)
        while len(_encoded) >= KEPT_FRAMES:
            del _encoded[next(iter(_encoded))]
        known = _encoded[event.cursor] = stream.frame(told.id, told.type, told, last=told.type in ENDINGS)
    return known


def _is_told(workspace_id: str, job_id: str, after: Cursor) -> bool:
    """Whether a stream would have nothing to say any more. Raises NotFound."""
    job = queries.get(workspace_id, job_id)
    return job.is_over and after != START and not events.of_job(workspace_id, job_id, after=after, limit=1)


def _page_of_job(workspace_id: str, job_id: str, query: ReadEvents) -> EventPage:
    queries.get(workspace_id, job_id)
    after = events.parse_cursor(query.after)
    return _page(events.of_job(workspace_id, job_id, after=after, limit=query.limit + 1), query, after)


def _page(found: list[Event], query: ReadEvents, after: Cursor) -> EventPage:
    kept: list[EventView] = [view.of_event(event) for event in found[: query.limit]]
    return EventPage(
        events=kept,
        next_cursor=kept[-1].id if kept else f"{after[0]}-{after[1]}",
        has_more=len(found) > query.limit,
    )
