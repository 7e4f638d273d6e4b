"""What a running task writes and reads besides its end. Every write is fenced by the claim's token."""

from __future__ import annotations

from typing import Any

from store.jobs.records import Claim
from store.kit import db

_MINE = "EXISTS (SELECT FROM task WHERE id = %s AND token = %s AND state = 'running')"


def holds_lease(claim: Claim) -> bool:
    """Within a transaction: whether the task is still this claim's, and keep it so until the commit."""
    found = db.row(
        "SELECT 1 FROM task WHERE id = %s AND token = %s AND state = 'running' FOR SHARE", (claim.task_id, claim.token)
    )
    return found is not None


def is_cancelled(claim: Claim) -> bool:
    """Whether the job was ended while this claim worked on it."""
    found = db.row("SELECT state IN ('queued', 'running') FROM job WHERE id = %s", (claim.job_id,))
    return found is None or not found[0]


def say_progress(claim: Claim, *, percent: float, message: str | None) -> bool:
    """Raise the job's progress; False when the lease is gone. A value never goes down."""
    found = db.rows(
        "UPDATE job SET progress = greatest(progress, %s), message = coalesce(%s, message), version = version + 1"
        f" WHERE id = %s AND run = %s AND state IN ('queued', 'running') AND {_MINE} RETURNING 1",
        (percent, message, claim.job_id, claim.run, claim.task_id, claim.token),
    )
    return bool(found)


def save_checkpoint(claim: Claim, value: str) -> bool:
    """Keep a checkpoint (encoded JSON) of the task; False when the lease is gone."""
    found = db.rows(
        "INSERT INTO part AS p (job_id, stage, idx, checkpoint)"
        f" SELECT %s, %s, %s, %s::jsonb WHERE {_MINE}"
        " ON CONFLICT (job_id, stage, idx) DO UPDATE SET checkpoint = excluded.checkpoint RETURNING 1",
        (claim.job_id, claim.stage, claim.idx, value, claim.task_id, claim.token),
    )
    return bool(found)


def outputs(job_id: str, stage: int) -> list[tuple[int, Any]]:
    """(index, output) of a stage's parts that succeeded, in order."""
    return db.rows(
        "SELECT idx, output FROM part WHERE job_id = %s AND stage = %s AND done AND error IS NULL ORDER BY idx",
        (job_id, stage),
    )
