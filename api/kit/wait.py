"""Long-poll: hold an answer until a job is over, without a thread and without a database connection."""

from __future__ import annotations

from api.kit.tail import tailer
from store.jobs import queries


async def until_over(workspace_id: str, job_id: str, seconds: float) -> bool:
    """Wait for the job's end, at most `seconds`; whether it came."""

    def is_over() -> bool:
        return queries.get(workspace_id, job_id).is_over

    return await (await tailer()).changed(workspace_id, job_id, until=is_over, seconds=seconds)
