"""The tailer: one reader of the event log per API process, and everyone in that process who waits for lines.

Redis only says "look now"; without it the log is looked at once a second. Nothing is read while nobody
waits. A listener that cannot keep up is let go, and resumes from its last line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from typing import Any

from store.jobs import events
from store.jobs.records import Event
from store.jobs.wake import events_channel
from store.kit import db, log, redis

logger = log.get("store.jobs.watch")
LOOK_SECONDS = 1.0  # how often the log is looked at without a hint
PAGE = 500
KEPT = 1000  # lines a listener may be behind
# A line becomes visible when every older transaction has ended, which can be a moment after its own hint.
LOOK_AGAIN_SECONDS = (0.0, 0.003, 0.01, 0.03, 0.1)


class Listener:
    """Someone who waits for lines of one job, or of one workspace."""

    def __init__(self, workspace_id: str, job_id: str | None) -> None:
        self.workspace_id = workspace_id
        self.job_id = job_id
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue(KEPT)

    def tell(self, event: Event) -> None:
        """Hand a line over. One who is too far behind gets None, the end, instead of all that it has not read:
        it resumes after its last line, so what it reads must have no gap."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)
        else:
            self.queue.put_nowait(event)


class Tailer:
    """`start()` once in the event loop; queries run on `executor`."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._jobs: dict[str, set[Listener]] = {}
        self._workspaces: dict[str, set[Listener]] = {}
        self._cursor: events.Cursor | None = None
        self._looking = asyncio.Lock()
        self._hint = asyncio.Event()
        self._listening = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to listen."""
        hearing = redis.hear(events_channel(), lambda _: self._hint.set())
        self._tasks = [asyncio.create_task(hearing), asyncio.create_task(self._read())]

    async def stop(self) -> None:
        """End every stream."""
        for task in self._tasks:
            task.cancel()
        for group in (*self._jobs.values(), *self._workspaces.values()):
            for listener in group:
                if not listener.queue.full():
                    listener.queue.put_nowait(None)

    async def follow(
        self,
        workspace_id: str,
        *,
        job_id: str | None = None,
        after: events.Cursor = events.START,
        quiet_seconds: float = 10,
    ) -> AsyncIterator[Event | None]:
        """The lines after the cursor, from the log and then live, each once and in order.

        None says that nothing came for `quiet_seconds`. Ends when the listener falls
        behind or the process stops; the caller resumes from its last line.
        """
        with self._listen(workspace_id, job_id) as listener:
            await self._ready()
            last = after
            while page := await self._in_thread(partial(self._replay, workspace_id, job_id, last)):
                for event in page:
                    last = (event.xid, event.id)
                    yield event
                if len(page) < PAGE:
                    break
            while True:
                try:
                    async with asyncio.timeout(quiet_seconds):
                        live = await listener.queue.get()
                except TimeoutError:
                    yield None
                    continue
                if live is None:
                    return
                if (live.xid, live.id) > last:
                    last = (live.xid, live.id)
                    yield live

    def listeners(self) -> int:
        """How many wait now."""
        return sum(map(len, self._jobs.values())) + sum(map(len, self._workspaces.values()))

    @contextmanager
    def _listen(self, workspace_id: str, job_id: str | None) -> Iterator[Listener]:
        listener = Listener(workspace_id, job_id)
        groups, name = (self._jobs, job_id) if job_id else (self._workspaces, workspace_id)
        groups.setdefault(name, set()).add(listener)
        self._listening.set()
        try:
            yield listener
        finally:
            groups[name].discard(listener)
            if not groups[name]:
                del groups[name]
            if not self._jobs and not self._workspaces:
                self._listening.clear()
                self._cursor = None

    async def _ready(self) -> None:
        """From here on, no line that becomes visible is missed: the reading position stands.

        A look that was asked for before this listener came must be over, or it could move the position past a
        line that it did not ask for and that the listener's replay was too early to see.
        """
        async with self._looking:
            pass
        if self._cursor is None:
            position = await self._in_thread(events.end)
            if self._cursor is None:
                self._cursor = position

    async def _read(self) -> None:
        while True:
            await self._listening.wait()
            hinted = True
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._hint.wait()
            except TimeoutError:
                hinted = False
            self._hint.clear()
            try:
                for pause in LOOK_AGAIN_SECONDS if hinted else (0.0,):
                    await asyncio.sleep(pause)
                    if await self._deliver():
                        break
            except db.OUTAGES as error:
                logger.warning("watch.postponed", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)

    async def _deliver(self) -> int:
        """Pass on what is visible now; how many lines anyone waited for."""
        told = 0
        more = True
        while more and self._cursor is not None:
            async with self._looking:
                jobs, workspaces = list(self._jobs), list(self._workspaces)
                page, position = await self._in_thread(
                    partial(events.watched, self._cursor, job_ids=jobs, workspace_ids=workspaces, limit=PAGE)
                )
                more = len(page) == PAGE
                if self._cursor is not None:
                    self._cursor = (page[-1].xid, page[-1].id) if more else position
                    self._pass_on(page)
                    told += len(page)
        return told

    def _pass_on(self, page: list[Event]) -> None:
        for event in page:
            for listener in (*self._jobs.get(event.job_id or "", ()), *self._workspaces.get(event.workspace_id, ())):
                if listener.workspace_id == event.workspace_id:
                    listener.tell(event)

    def _replay(self, workspace_id: str, job_id: str | None, after: events.Cursor) -> list[Event]:
        if job_id:
            return events.of_job(workspace_id, job_id, after=after, limit=PAGE)
        return events.of_workspace(workspace_id, after=after, limit=PAGE)

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
