"""Polls that arrive together share one query: GET /v1/jobs/{id} is what this service is asked most.

No timer: what arrives while a query is under way is the next batch. A job of another workspace is read and
thrown away here; its caller gets the same 404 as for a job that does not exist.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from api.jobs import view
from api.kit.answer import Answer
from api.kit.threads import pool
from store.jobs import queries
from store.jobs.queries import Job
from store.kit.errors import NotFound
from store.kit.ids import is_id

BATCH = 64


class Poll(NamedTuple):
    """Someone who waits for a job's state."""

    workspace_id: str
    job_id: str
    answer: asyncio.Future[Answer]


class Reader:
    """The polls of one event loop."""

    def __init__(self) -> None:
        self._waiting: list[Poll] = []
        self._reading: asyncio.Task[None] | None = None

    async def read(self, workspace_id: str, job_id: str) -> Answer:
        """The job's answer with ETag and Retry-After. Raises NotFound."""
        if not is_id("job", job_id):
            raise NotFound("No such job.", id=job_id)
        loop = asyncio.get_running_loop()
        poll = Poll(workspace_id, job_id, loop.create_future())
        self._waiting.append(poll)
        if self._reading is None:
            self._reading = loop.create_task(self._read_all())
        return await poll.answer

    async def _read_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._read_batch(batch)
        finally:
            self._reading = None  # before anyone else can run: whoever polls next starts a new task

    async def _read_batch(self, batch: list[Poll]) -> None:
        try:
            found = await pool("database").run(_answers, {poll.job_id for poll in batch})
        except Exception as error:
            for poll in batch:
                if not poll.answer.done():
                    poll.answer.set_exception(error)
            return
        for poll in batch:
            workspace_id, answer = found.get(poll.job_id, ("", None))
            if poll.answer.done():
                continue  # its caller went away
            if answer is None or workspace_id != poll.workspace_id:
                poll.answer.set_exception(NotFound("No such job.", id=poll.job_id))
            else:
                poll.answer.set_result(answer)


def answer_of(job: Job) -> Answer:
    """What a caller gets of a job. May query the database: call it on a database thread."""
    told = view.of_job(job)
    return Answer(body=told, etag=view.etag(job), retry_after=view.pause(told))


def _answers(job_ids: set[str]) -> dict[str, tuple[str, Answer]]:
    return {job.id: (job.workspace_id, answer_of(job)) for job in queries.many(sorted(job_ids))}
