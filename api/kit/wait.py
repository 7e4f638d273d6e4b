"""Long-poll: hold an answer until a job is over, without a thread and without a database connection."""

from __future__ import annotations

from api.kit.tail import endings


async def until_over(workspace_id: str, job_id: str, seconds: float) -> bool:
    """Wait for the job's end, at most `seconds`; whether it came."""
    return await (await endings()).of(workspace_id, job_id, seconds=seconds) is not None
