"""Everyone in an API process who waits for a job to end: Redis names the jobs that did, their rows say how.

A row says so as soon as the transaction that ended the job has committed. A line of the event log would not: it is
served only when every older transaction has ended, and indexing a large document takes seconds. Without Redis all
that somebody waits for is looked at once a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from typing import Any

from store.jobs import queries
from store.jobs.queries import Job
from store.jobs.wake import endings_channel
from store.kit import db, log, redis

logger = log.get("store.jobs.endings")
LOOK_SECONDS = 1.0  # how often all of the jobs are looked at, should a name have been lost
FIRST_LOOK_SECONDS = 0.05  # after which a job is looked at that may have ended before anyone waited; most end sooner


class Endings:
    """`start()` once in the event loop; queries run on `executor`."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: dict[str, set[asyncio.Future[Job | None]]] = {}
        self._named: set[str] = set()
        self._something_named = asyncio.Event()
        self._someone_waits = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to hear names."""
        hearing = redis.hear(endings_channel(), self._hear)
        self._tasks = [asyncio.create_task(hearing), asyncio.create_task(self._read())]

    async def stop(self) -> None:
        """Nobody waits any longer: each gets None."""
        for task in self._tasks:
            task.cancel()
        for waiting in self._waiting.values():
            _answer(waiting, None)

    async def of(self, workspace_id: str, job_id: str, *, seconds: float) -> Job | None:
        """The job once it is over; None when the time runs out first, or the process stops. Raises NotFound.

        Holds neither a thread nor a connection while it waits.
        """
        with self._wait_for(job_id) as ended:
            first = min(FIRST_LOOK_SECONDS, seconds)
            await asyncio.wait((ended,), timeout=first)
            if not ended.done():
                job: Job = await self._in_thread(partial(queries.get, workspace_id, job_id))
                if job.is_over:
                    return job
                await asyncio.wait((ended,), timeout=max(seconds - first, 0.001))
            found = ended.result() if ended.done() else None
        # Names are nobody's secret and tell nothing; what they lead to belongs to one workspace.
        return found if found is not None and found.workspace_id == workspace_id else None

    def waiting(self) -> int:
        """How many wait now."""
        return sum(map(len, self._waiting.values()))

    @contextmanager
    def _wait_for(self, job_id: str) -> Iterator[asyncio.Future[Job | None]]:
        ended: asyncio.Future[Job | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job_id, set()).add(ended)
        self._someone_waits.set()
        try:
            yield ended
        finally:
            self._waiting[job_id].discard(ended)
            if not self._waiting[job_id]:
                del self._waiting[job_id]
            if not self._waiting:
                self._someone_waits.clear()

    def _hear(self, names: str) -> None:
        if named := self._waiting.keys() & names.split():
            self._named |= named
            self._something_named.set()

    async def _read(self) -> None:
        while True:
            await self._someone_waits.wait()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._something_named.wait()
                wanted, self._named = self._named, set()
            except TimeoutError:
                wanted = set(self._waiting)
            self._something_named.clear()
            try:
                await self._look(wanted)
            except db.OUTAGES as error:
                logger.warning("endings.postponed", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, job_ids: Iterable[str]) -> None:
        for job in await self._in_thread(partial(queries.ended, list(job_ids))):
            _answer(self._waiting.get(job.id, ()), job)

    async def _in_thread(self, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _answer(waiting: Iterable[asyncio.Future[Job | None]], job: Job | None) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(job)
