"""Long-poll: hold an answer until a job is over, without a thread and without a database connection."""

from __future__ import annotations

from api.kit.tail import tailer


async def until_over(job_id: str, seconds: float) -> bool:
    """Wait for the job's end, at most `seconds`; whether it came."""
    running = await tailer()
    return await running.wait_for(job_id, seconds)
