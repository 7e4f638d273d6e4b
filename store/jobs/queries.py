"""Reading jobs: one, a page, and why one is not running. Every query takes the workspace first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from store.jobs.records import TERMINAL
from store.kit import db
from store.kit.errors import NotFound
from store.kit.ids import first_id, is_id

COLUMNS = (
    "id, workspace_id, pipeline, surface, state, run, stage, remaining, total, failed_parts, priority,"
    " concurrency_key, result, error, progress, message, version, created_at, run_at, expires_at,"
    " stage_started_at, started_at, finished_at, price, sandbox"
)
ID_SLACK = timedelta(minutes=1)  # how far a job's id may be from its `created_at`: waiting for the flush, clocks
OLDEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)  # what an id can say
COUNTED_AHEAD = 10_000  # the queue position is counted up to here; beyond it, it is said as "at least"


class Job(Struct, frozen=True):
    """A job as a reader sees it. `progress` is percent; `input` is read apart, it can be large."""

    id: str
    workspace_id: str
    pipeline: str
    surface: str
    state: str
    run: int
    stage: int
    remaining: int
    total: int
    failed_parts: int
    priority: int
    concurrency_key: str | None
    result: Any
    error: dict[str, Any] | None
    progress: float
    message: str | None
    version: int
    created_at: datetime
    run_at: datetime
    expires_at: datetime
    stage_started_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    price: int
    sandbox: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more, unless somebody retries it."""
        return self.state in TERMINAL


def get(workspace_id: str, job_id: str) -> Job:
    """One job. Raises NotFound, also for another workspace's."""
    found = find(workspace_id, job_id)
    if found is None:
        raise NotFound("No such job.", id=job_id)
    return found


def find(workspace_id: str, job_id: str) -> Job | None:
    """One job, or None."""
    if not is_id("job", job_id):
        return None
    found = db.row(f"SELECT {COLUMNS} FROM job WHERE id = %s AND workspace_id = %s AND public", (job_id, workspace_id))
    return Job(*found) if found else None


def many(job_ids: Sequence[str]) -> list[Job]:
    """Public jobs by id, of whatever workspace: the caller must compare `workspace_id` before it tells anything."""
    found = db.rows(f"SELECT {COLUMNS} FROM job WHERE id = ANY (%s) AND public", (list(job_ids),))
    return [Job(*one) for one in found]


def ended(job_ids: Sequence[str]) -> list[Job]:
    """Those of `many` that are over."""
    found = db.rows(
        f"SELECT {COLUMNS} FROM job WHERE id = ANY (%s) AND public AND state = ANY (%s)",
        (list(job_ids), list(TERMINAL)),
    )
    return [Job(*one) for one in found]


def input_of(workspace_id: str, job_id: str) -> Any:
    """What the job was submitted with. Raises NotFound."""
    found = db.row("SELECT input FROM job WHERE id = %s AND workspace_id = %s AND public", (job_id, workspace_id))
    if found is None:
        raise NotFound("No such job.", id=job_id)
    return found[0]


def ending_of(workspace_id: str, job_id: str) -> tuple[str, Any, Any] | None:
    """(state, result, error) of a job that is over, also of an internal one; None: not yet, or no such job."""
    found = db.row(
        "SELECT state, result, error FROM job WHERE id = %s AND workspace_id = %s AND state = ANY (%s)",
        (job_id, workspace_id, list(TERMINAL)),
    )
    return (found[0], found[1], found[2]) if found else None


def page(
    workspace_id: str,
    *,
    limit: int,
    before_id: str | None = None,
    state: str | None = None,
    pipeline: str | None = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
) -> list[Job]:
    """Jobs, newest first, strictly older than `before_id`; `created_before` is exclusive.

    Results are left out (None): a page of large ones would be a large page.
    """
    wanted: list[tuple[str, Any]] = [("workspace_id = %s", workspace_id)]
    if state:
        wanted.append(("state = %s", state))
    if pipeline:
        wanted.append(("pipeline = %s", pipeline))
    if before_id:
        wanted.append(("id < %s", before_id))
    # Ids are made a moment before the row's own time: they bound the index range, `created_at` decides.
    if created_after:
        wanted.append(("id >= %s", _first_id(created_after, -ID_SLACK)))
        wanted.append(("created_at >= %s", created_after))
    if created_before:
        wanted.append(("id < %s", _first_id(created_before, ID_SLACK)))
        wanted.append(("created_at < %s", created_before))
    conditions = " AND ".join(condition for condition, _ in wanted)
    columns = COLUMNS.replace(" result,", " NULL AS result,")
    found = db.rows(
        f"SELECT {columns} FROM job WHERE public AND {conditions} ORDER BY id DESC LIMIT %s",
        [value for _, value in wanted] + [limit],
    )
    return [Job(*one) for one in found]


def _first_id(moment: datetime, slack: timedelta) -> str:
    return first_id("job", min(max(moment, OLDEST), LATEST) + slack)


def stage_seconds(pipeline: str) -> dict[str, float]:
    """Mean duration of each stage's tasks over the pipeline's recent history (14 days), in seconds."""
    found = db.rows(
        "SELECT stage, sum(seconds) / sum(done) FROM stage_history"
        " WHERE pipeline = %s AND hour > now() - interval '14 days' GROUP BY stage HAVING sum(done) > 0",
        (pipeline,),
    )
    return {stage: float(seconds) for stage, seconds in found}


def waiting_tasks(job_id: str) -> list[dict[str, Any]]:
    """A job's open tasks (at most 50) with what `why` needs to know of each."""
    found = db.rows(
        "SELECT t.id, t.lane, t.state, t.run_at, t.order_at, t.key, t.key_limit, t.attempt, t.crashes, t.last_error,"
        "       t.claimed_at, t.workspace_id, t.pipeline, t.stage, l.paused, l.paused_reason, l.buffer"
        "  FROM task t JOIN lane l ON l.name = t.lane WHERE t.job_id = %s ORDER BY t.idx LIMIT 50",
        (job_id,),
    )
    names = (
        "id",
        "lane",
        "state",
        "run_at",
        "order_at",
        "key",
        "key_limit",
        "attempt",
        "crashes",
        "last_error",
        "claimed_at",
        "workspace_id",
        "pipeline",
        "stage",
        "paused",
        "paused_reason",
        "buffer",
    )
    return [dict(zip(names, one, strict=True)) for one in found]


def ahead_in_workspace(lane: str, workspace_id: str, order_at: datetime, task_id: int) -> int:
    """Ready tasks of the same workspace that go first on this lane; counted up to COUNTED_AHEAD."""
    found = db.row(
        "SELECT count(*) FROM (SELECT FROM task WHERE state = 'ready' AND lane = %s AND workspace_id = %s"
        " AND (order_at, id) < (%s, %s) LIMIT %s) AS t",
        (lane, workspace_id, order_at, task_id, COUNTED_AHEAD),
    )
    return int(found[0]) if found else 0


def workspaces_waiting(lane: str, *, limit: int = 100) -> int:
    """How many workspaces wait on a lane, up to `limit`: each gets its turn."""
    found = db.row(
        "WITH RECURSIVE turn AS ("
        " (SELECT workspace_id FROM task WHERE state = 'ready' AND lane = %s ORDER BY workspace_id LIMIT 1)"
        " UNION ALL SELECT n.workspace_id FROM turn, LATERAL (SELECT workspace_id FROM task"
        "   WHERE state = 'ready' AND lane = %s AND workspace_id > turn.workspace_id ORDER BY workspace_id LIMIT 1) n)"
        " SELECT count(*) FROM (SELECT FROM turn LIMIT %s) AS t",
        (lane, lane, limit),
    )
    return int(found[0]) if found else 0


def key_in_use(key: str) -> int:
    """Tasks that hold a slot of this key now."""
    found = db.row("SELECT used FROM slot WHERE key = %s", (key,))
    return int(found[0]) if found else 0


def live_threads(lane: str) -> int:
    """Threads of live workers that serve the lane."""
    found = db.row(
        "SELECT coalesce(sum(threads), 0) FROM worker WHERE %s = ANY (lanes) AND lease_until > now()", (lane,)
    )
    return int(found[0]) if found else 0
