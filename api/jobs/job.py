"""One job: GET /v1/jobs/{id}, and its /cancel, /retry and /why."""

from __future__ import annotations

from typing import Any

from api.jobs import view
from api.jobs.polls import Reader, answer_of
from api.jobs.types import JobView, Wait
from api.kit import wait
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from pipelines.engine import control
from pipelines.engine.why import why
from store.jobs import queries


class Job:
    """/v1/jobs/{job_id}."""

    def __init__(self) -> None:
        self._polls = Reader()

    @operation("Tell how a job is doing", query=Wait, returns=JobView)
    async def on_get(self, caller: Principal, query: Wait, job_id: str) -> Answer:
        """`?wait=` holds the answer until the job is over, or the time is; If-None-Match answers 304."""
        answer = await self._polls.read(caller.workspace_id, job_id)
        open_still = answer.body.status == "processing"
        if query.wait and open_still and await wait.until_over(caller.workspace_id, job_id, query.wait):
            answer = await self._polls.read(caller.workspace_id, job_id)
        return answer


class JobCancel:
    """/v1/jobs/{job_id}/cancel."""

    @operation("Cancel a job; one that is over stays as it is", returns=JobView)
    def on_post(self, caller: Principal, job_id: str) -> Answer:
        control.cancel(caller.workspace_id, job_id)
        return _answer(caller.workspace_id, job_id)


class JobRetry:
    """/v1/jobs/{job_id}/retry."""

    @operation("Run a failed or cancelled job again", returns=JobView, status=202)
    def on_post(self, caller: Principal, job_id: str) -> Answer:
        """It goes on with the stage it ended in; parts that succeeded are kept. `run` rises by one."""
        control.retry(caller.workspace_id, job_id, may_pay=not caller.is_test)
        answer = _answer(caller.workspace_id, job_id)
        answer.location = view.location(job_id)
        return answer


class JobWhy:
    """/v1/jobs/{job_id}/why."""

    @operation("Tell why a job is not running", returns=dict[str, Any])
    def on_get(self, caller: Principal, job_id: str) -> dict[str, Any]:
        """Queue position, paused lane, busy key, no worker on its lane, not due yet; with an estimate."""
        return why(caller.workspace_id, job_id)


def _answer(workspace_id: str, job_id: str) -> Answer:
    return answer_of(queries.get(workspace_id, job_id))
