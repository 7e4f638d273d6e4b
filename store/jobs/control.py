"""What people and the reconciler do to jobs from outside: cancel, expire, fail fast, retry; pause a lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from store.credits import ledger
from store.credits.ledger import Charge
from store.jobs import events
from store.jobs.finish import pass_on
from store.jobs.records import NewEvent, NewTask
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id
from store.kit.settings import settings


def end_tasks(cursor: Any, job_ids: Sequence[str]) -> set[str]:
    """Within the caller's transaction, which holds the jobs' locks: waiting tasks go, running ones must stop.

    A running task keeps its slot until its worker has really stopped. Returns the lanes to wake.
    """
    cursor.execute(
        "DELETE FROM task WHERE job_id = ANY (%s) AND state IN ('delayed', 'ready', 'held', 'sent')"
        " RETURNING key, has_slot",
        (list(job_ids),),
    )
    freed = [key for key, has_slot in cursor.fetchall() if has_slot]
    cursor.execute("UPDATE task SET state = 'stopping' WHERE job_id = ANY (%s) AND state = 'running'", (list(job_ids),))
    return pass_on(cursor, freed)


def cancel(cursor: Any, workspace_id: str, job_id: str) -> tuple[bool, set[str]]:
    """Cancel a job: (whether this call ended it, lanes to wake). One that has ended stays as it is."""
    cursor.execute("BEGIN")
    cursor.execute(
        "SELECT state, pipeline, run, price, stage FROM job"
        " WHERE id = %s AND workspace_id = %s AND public FOR NO KEY UPDATE",
        (job_id, workspace_id),
    )
    found = cursor.fetchone()
    if found is None:
        cursor.execute("ROLLBACK")
        raise NotFound("No such job.", id=job_id)
    state, pipeline, run, price, stage = found
    if state not in ("queued", "running"):
        cursor.execute("COMMIT")
        return False, set()
    give_back(cursor, [Charge(workspace_id=workspace_id, job_id=job_id, run=run, pipeline=pipeline, price=price)])
    lanes = end_tasks(cursor, [job_id])
    cursor.execute(
        "UPDATE job SET state = 'cancelled', finished_at = now(), version = version + 1, message = NULL WHERE id = %s",
        (job_id,),
    )
    events.write(
        cursor,
        NewEvent(
            workspace_id=workspace_id,
            job_id=job_id,
            type="job.cancelled",
            data={"job_id": job_id, "pipeline": pipeline, "previous_state": state, "left": stage},
        ),
    )
    cursor.execute("COMMIT")
    return True, lanes


def expire(cursor: Any, *, limit: int = 500) -> int:
    """Fail jobs that did not start within their time to live; how many."""
    cursor.execute("BEGIN")
    cursor.execute(
        "SELECT id, workspace_id, pipeline, public, run, price, stage FROM job WHERE state = 'queued' AND id IN ("
        "  SELECT t.job_id FROM task t JOIN job j ON j.id = t.job_id AND j.state = 'queued'"
        "   WHERE t.expires_at < now() AND t.state IN ('delayed', 'ready', 'held', 'sent')"
        "   ORDER BY t.expires_at LIMIT %s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
        (limit,),
    )
    found = cursor.fetchall()
    ids = [row[0] for row in found]
    if ids:
        give_back(
            cursor,
            [
                Charge(workspace_id=workspace_id, job_id=job_id, run=run, pipeline=pipeline, price=price)
                for job_id, workspace_id, pipeline, _, run, price, _ in found
            ],
        )
        error = {"code": "expired", "message": "The job did not start within its time to live.", "retryable": True}
        end_tasks(cursor, ids)
        cursor.execute(
            "UPDATE job SET state = 'failed', error = %s, finished_at = now(), version = version + 1"
            " WHERE id = ANY (%s)",
            (msgspec.json.encode(error).decode(), ids),
        )
        for job_id, workspace_id, pipeline, public, _, _, stage in found:
            if public:
                events.write(
                    cursor,
                    NewEvent(
                        workspace_id=workspace_id,
                        job_id=job_id,
                        type="job.failed",
                        data={
                            "job_id": job_id,
                            "pipeline": pipeline,
                            "error": error,
                            "previous_state": "queued",
                            "left": stage,
                        },
                    ),
                )
    cursor.execute("COMMIT")
    return len(ids)


def give_back(cursor: Any, charges: Sequence[Charge]) -> None:
    """Within the caller's transaction, which holds the jobs' locks: refund those of these runs that cost something."""
    ledger.end(cursor, [ledger.Ending(charge=one, kind="refund") for one in charges if one.price])


def lock_for_retry(cursor: Any, workspace_id: str, job_id: str) -> dict[str, Any]:
    """Begin a retry: the job under its lock. Raises NotFound, or Conflict when it has not failed or been cancelled."""
    if not is_id("job", job_id):
        raise NotFound("No such job.", id=job_id)
    cursor.execute("BEGIN")
    cursor.execute(
        "SELECT state, run, stage, pipeline, priority, input, concurrency_key, price FROM job"
        " WHERE id = %s AND workspace_id = %s AND public FOR NO KEY UPDATE",
        (job_id, workspace_id),
    )
    found = cursor.fetchone()
    if found is None:
        cursor.execute("ROLLBACK")
        raise NotFound("No such job.", id=job_id)
    names = ("state", "run", "stage", "pipeline", "priority", "input", "concurrency_key", "price")
    job = dict(zip(names, found, strict=True))
    if job["state"] not in ("failed", "cancelled"):
        cursor.execute("ROLLBACK")
        raise Conflict(f"Only a failed or cancelled job can be retried; this one is {job['state']}.", id=job_id)
    cursor.execute("SELECT count(*) FROM task WHERE job_id = %s", (job_id,))
    if cursor.fetchone()[0]:
        cursor.execute("ROLLBACK")
        raise Conflict("The job's running tasks are still being stopped; try again in a moment.", id=job_id)
    return job


def open_parts(cursor: Any, job_id: str, stage: int) -> list[tuple[int, Any]]:
    """(index, input) of a fan-out stage's parts that are not done."""
    cursor.execute(
        "SELECT idx, input FROM part WHERE job_id = %s AND stage = %s AND NOT done ORDER BY idx", (job_id, stage)
    )
    return list(cursor.fetchall())


def restart(
    cursor: Any, workspace_id: str, job_id: str, *, previous_state: str, ttl_seconds: float, remaining: int
) -> None:
    """Put the locked job back to `queued` under its next run number."""
    cursor.execute(
        "UPDATE job SET state = 'queued', run = run + 1, error = NULL, result = NULL, message = NULL,"
        "       finished_at = NULL, started_at = NULL, stage_started_at = NULL, version = version + 1,"
        "       remaining = %s, failed_parts = 0, run_at = now(), expires_at = now() + make_interval(secs => %s)"
        " WHERE id = %s RETURNING run, pipeline, stage",
        (remaining, ttl_seconds, job_id),
    )
    run, pipeline, stage = cursor.fetchone()
    events.write(
        cursor,
        NewEvent(
            workspace_id=workspace_id,
            job_id=job_id,
            type="job.retried",
            data={
                "job_id": job_id,
                "pipeline": pipeline,
                "run": run,
                "previous_state": previous_state,
                "entered": stage,
            },
        ),
    )


def add_tasks(cursor: Any, tasks: Sequence[NewTask]) -> None:
    """Insert tasks as `ready`; dispatch sends them."""
    cursor.execute(
        "INSERT INTO task (job_id, run, stage, idx, workspace_id, pipeline, lane, state, order_at, run_at, expires_at,"
        "                  deadline_seconds, key, key_limit)"
        " SELECT t.job_id, t.run, t.stage, t.idx, t.workspace_id, t.pipeline, t.lane, 'ready',"
        "        now() - make_interval(secs => t.priority * %s), now(), j.expires_at, t.deadline_seconds, t.key, t.key_limit"
        "   FROM jsonb_to_recordset(%s) AS t(job_id text, run integer, stage smallint, idx integer, workspace_id text,"
        "        pipeline text, lane text, priority smallint, deadline_seconds real, key text, key_limit integer)"
        "   JOIN job j ON j.id = t.job_id",
        (settings().engine.priority_step_seconds, msgspec.json.encode(tasks).decode()),
    )


def pause(cursor: Any, lane: str, *, by: str, reason: str | None) -> None:
    """Stop a lane from starting tasks; what runs goes on. What was sent waits again, so that nothing is claimed."""
    _known(cursor, lane)
    cursor.execute(
        "UPDATE lane SET paused = true, paused_by = %s, paused_reason = %s, paused_at = now() WHERE name = %s",
        (by, reason, lane),
    )
    take_back(cursor, lane)


def resume(cursor: Any, lane: str) -> None:
    """Let a paused lane start tasks again."""
    _known(cursor, lane)
    cursor.execute(
        "UPDATE lane SET paused = false, paused_by = NULL, paused_reason = NULL, paused_at = NULL WHERE name = %s",
        (lane,),
    )


def take_back(cursor: Any, lane: str) -> None:
    """Sent tasks of a lane are ready again; their messages will match nothing."""
    cursor.execute("UPDATE task SET state = 'ready' WHERE lane = %s AND state = 'sent'", (lane,))


def _known(cursor: Any, lane: str) -> None:
    cursor.execute("SELECT 1 FROM lane WHERE name = %s", (lane,))
    if cursor.fetchone() is None:
        raise NotFound("No such lane.", lane=lane)
