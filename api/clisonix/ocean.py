"""/v1/ocean/v2: talk with the configured model, or, where there is none, with the workspace's own documents.

What runs is told in pipelines/ocean/__init__.py. Both answers cancel their job when the client leaves.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from api.clisonix.ocean_types import ChatRequest, Completion, Meta
from api.kit import ask, metrics, relay, stream
from api.kit.answer import Answer
from api.kit.errors import problem_of
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.relay import Frame
from api.kit.request import Request
from api.kit.surface import CLISONIX
from api.kit.threads import pool
from pipelines.engine.submit import Submission, submit_async
from pipelines.ocean.pipeline import PIPELINE, WITHIN, submission
from store.jobs import queries as jobs
from store.jobs.queries import Job
from store.kit import structs
from store.kit.clock import rfc3339, utc_now
from store.kit.errors import NotFound


class OceanChat:
    """POST: one whole answer."""

    @operation("Complete a chat message", body=ChatRequest, returns=Completion)
    async def on_post(self, caller: Principal, body: ChatRequest, request: Request) -> Answer:
        """503 names the job when the answer takes longer than 90 s; the job is cancelled then."""
        result = await ask.answer(_submission(caller, body, request), within=WITHIN)
        latency = round((time.perf_counter() - request.begun_at) * 1000)
        return Answer(
            body=structs.convert(result, Completion),
            meta=Meta(latency_ms=latency, timestamp=rfc3339(utc_now())),
        )


class OceanStream:
    """POST: the answer as it comes."""

    @operation("Stream a chat message; the answer is text/event-stream", body=ChatRequest, returns=relay.Events)
    async def on_post(self, caller: Principal, body: ChatRequest, request: Request) -> Answer:
        """Frames `start`, `token` (with `content`), `done` (the rest of what a chat completion has); `error` in its
        place when there is no answer. `Last-Event-ID` takes a stream up again: a second `start` says that all follows.
        """
        stream.refuse_when_full()
        known = relay.resumed(request.header(b"last-event-id"))
        if known is not None:
            job_id, after = known
            await pool("database").run(_check_own, caller, job_id)
        else:
            accepted = await submit_async(ask.bounded(_submission(caller, body, request), WITHIN))
            metrics.count_submitted(PIPELINE.name)
            job_id, after = accepted.id, relay.START
        start: Frame = {"type": "start"}
        return relay.answer(
            request, caller.workspace_id, job_id, within=WITHIN,
            rest=lambda job, told: _rest(start, job, told), first=[start], after=after,
        )  # fmt: skip


def _submission(caller: Principal, body: ChatRequest, request: Request) -> Submission:
    return submission(
        caller.workspace_id,
        _who(caller),
        body.message,
        session_id=body.session_id,
        options=body.options,
        idempotency_key=request.idempotency_key,
    )


def _who(caller: Principal) -> str:
    """A session belongs to the person or the key that talks in it."""
    return caller.user_id or caller.key_id or caller.workspace_id


def _check_own(caller: Principal, job_id: str) -> None:
    job = jobs.find(caller.workspace_id, job_id)
    if job is None or job.pipeline != PIPELINE.name:
        raise NotFound("There is no such answer.", field="Last-Event-ID")


def _rest(start: Frame, job: Job, told: Sequence[Frame] | None) -> list[Frame]:
    """The end of a stream: what its client has not seen of the answer, or all of it again."""
    if job.state != "completed":
        problem = problem_of(ask.error_of(job))
        return [{"type": "error", "code": CLISONIX.code(problem), "message": problem.message}]
    result = dict(job.result)
    whole = result.pop("response")
    missing = relay.unseen(whole, told)
    frames: list[Frame] = [start] if missing is None else []
    if rest := whole if missing is None else missing:
        frames.append({"type": "token", "content": rest})
    return [*frames, {"type": "done", **result}]
