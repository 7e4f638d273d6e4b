"""Why a job is not running: the answer a person wants first, with what can be known of when it will."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipelines import catalog
from pipelines.engine import estimate
from store.jobs import queries
from store.kit.clock import rfc3339, utc_now


def why(workspace_id: str, job_id: str) -> dict[str, Any]:
    """`{job_id, state, reason, message, eta_seconds, ...facts}`. `reason` is one of: finished, running, stopping,
    not_due, lane_paused, no_worker, key_busy, retrying, queued, starting. Raises NotFound."""
    job = queries.get(workspace_id, job_id)
    answer: dict[str, Any] = {"job_id": job.id, "state": job.state}
    tasks = queries.waiting_tasks(job.id)
    if job.is_over:
        stopping = " Its running tasks are being stopped." if tasks else ""
        return answer | {"reason": "finished", "message": f"The job is {job.state}.{stopping}", "eta_seconds": None}
    running = [task for task in tasks if task["state"] == "running"]
    if running:
        return answer | {
            "reason": "running",
            "message": f"{len(running)} of its tasks {'is' if len(running) == 1 else 'are'} in work.",
            "running": len(running),
            "lane": running[0]["lane"],
            "eta_seconds": estimate.seconds_left(job),
        }
    if not tasks:  # between two statements of the engine; the next look sees more
        return answer | {"reason": "starting", "message": "The job is just moving on.", "eta_seconds": 0.0}
    return answer | _waiting(tasks[0]) | {"stage": _name(tasks[0])}


def _waiting(task: dict[str, Any]) -> dict[str, Any]:
    """Why the first of a job's waiting tasks waits."""
    lane = task["lane"]
    facts: dict[str, Any] = {"lane": lane, "attempt": task["attempt"], "last_error": task["last_error"]}
    if task["paused"]:
        because = f": {task['paused_reason']}" if task["paused_reason"] else ""
        return facts | {"reason": "lane_paused", "message": f"The lane {lane} is paused{because}.", "eta_seconds": None}
    if task["state"] == "delayed":
        wait = max((task["run_at"] - utc_now()) / timedelta(seconds=1), 0.0)
        retrying = bool(task["last_error"])
        what = "It failed and is tried again" if retrying else "It is due"
        return facts | {
            "reason": "retrying" if retrying else "not_due",
            "message": f"{what} at {rfc3339(task['run_at'])}.",
            "run_at": rfc3339(task["run_at"]),
            "eta_seconds": round(wait, 1),
        }
    threads = queries.live_threads(lane)
    if not threads:
        return facts | {"reason": "no_worker", "message": f"No worker serves the lane {lane}.", "eta_seconds": None}
    if task["state"] == "held":
        used = queries.key_in_use(task["key"])
        return facts | {
            "reason": "key_busy",
            "eta_seconds": None,
            "limit": task["key_limit"],
            "in_use": used,
            "message": f"Its concurrency key is in use by {used} of at most {task['key_limit']} tasks.",
        }
    if task["state"] == "sent":
        return facts | {"reason": "starting", "message": f"It is next on the lane {lane}.", "eta_seconds": 0.0}
    return facts | _queued(task, threads)


def _queued(task: dict[str, Any], threads: int) -> dict[str, Any]:
    ahead = queries.ahead_in_workspace(task["lane"], task["workspace_id"], task["order_at"], task["id"])
    turns = max(queries.workspaces_waiting(task["lane"]), 1)
    at_least = "at least " if ahead >= queries.COUNTED_AHEAD else ""
    mean = estimate.history(task["pipeline"]).get(_name(task))
    eta = round((ahead + 1) * turns * mean / threads, 1) if mean is not None else None
    return {
        "reason": "queued",
        "position": ahead + 1,
        "workspaces_waiting": turns,
        "threads": threads,
        "eta_seconds": eta,
        "message": f"{at_least}{ahead} of your tasks go first, and {turns} workspaces take turns on {task['lane']}.",
    }


def _name(place: dict[str, Any]) -> str:
    return catalog.get(place["pipeline"]).stages[place["stage"]].name
