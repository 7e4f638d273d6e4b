"""Scans: one round of asking each, from the submit on. Called by the scan endpoints, the pipeline's stages and reports.

A scan that is not completed is what its job is: queued is `pending`, and when a job fails or is cancelled nobody has
to say so here. `settle` writes that end down for the time when the job is pruned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee
from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.perception.tables import Scan

BEHIND_ALL = "scan_~"  # sorts after every id


class ScanNow(Struct, frozen=True):
    """A scan as it stands, with its job's `progress` (percent) and `message`. Lists leave `score` and `facts` out."""

    id: str
    workspace_id: str
    brand_id: str
    job_id: str
    kind: str
    platforms: list[str]
    sandboxed: list[str]
    prompt_count: int
    repeats: int
    prompt_ids: list[str]
    max_spend_nano: int | None
    spent_nano: int
    metrics: dict[str, Any] | None
    quadrant: str | None
    judge_version: str | None
    judged_at: datetime | None
    created_by: str | None
    created_at: datetime
    score: Any
    facts: Any
    status: str
    error: dict[str, Any] | None
    started_at: datetime | None
    finished_at: datetime | None
    progress: float
    message: str | None

    @property
    def is_over(self) -> bool:
        """Whether no more answers will come."""
        return self.status in ("completed", "failed", "cancelled")


_DERIVED = {
    # A scan that was cancelled, judged all the same and then retried is under way again.
    "status": "CASE WHEN s.status = 'completed' AND coalesce(j.state, '') NOT IN ('queued', 'running') THEN s.status"
    " WHEN j.state IS NULL THEN CASE WHEN s.finished_at IS NULL THEN 'failed' ELSE s.status END"
    " WHEN j.state = 'queued' THEN 'pending' WHEN j.state = 'completed' THEN 'running' ELSE j.state END",
    "error": "CASE WHEN s.status = 'completed' THEN NULL ELSE coalesce(j.error, s.error) END",
    "started_at": "coalesce(s.started_at, j.started_at)",
    "finished_at": "CASE WHEN s.status = 'completed' OR j.state IS NULL THEN s.finished_at ELSE j.finished_at END",
    "progress": "CASE WHEN s.status = 'completed' THEN 100 ELSE coalesce(j.progress, 0) END::float8",
    "message": "j.message",
}
_FROM = "FROM scan s LEFT JOIN job j ON j.id = s.job_id"


def _select(*, without: Sequence[str] = ()) -> str:
    columns = ["NULL" if name in without else _DERIVED.get(name, f"s.{name}") for name in ScanNow.__struct_fields__]
    return f"SELECT {', '.join(columns)} {_FROM}"


_WHOLE, _LISTED = _select(), _select(without=("score", "facts"))


def create(
    workspace_id: str,
    brand_id: str,
    *,
    job_id: str,
    platforms: Sequence[str],
    sandboxed: Sequence[str],
    prompt_count: int,
    repeats: int,
    max_spend_nano: int | None = None,
    kind: str = "scan",
    prompt_ids: Sequence[str] = (),
    created_by: str | None = None,
) -> str:
    """The id of the job's scan, made if it has none yet. Idempotent by `job_id`."""
    Scan.insert(
        id=new_id("scan"),
        workspace_id=workspace_id,
        brand_id=brand_id,
        job_id=job_id,
        kind=kind,
        status="pending",
        platforms=list(platforms),
        sandboxed=list(sandboxed),
        prompt_count=prompt_count,
        repeats=repeats,
        prompt_ids=list(prompt_ids),
        max_spend_nano=max_spend_nano,
        created_by=created_by,
        created_at=utc_now(),
    ).on_conflict_ignore().execute()
    return str(Scan.select(Scan.id).where(Scan.workspace_id == workspace_id, Scan.job_id == job_id).scalar())


def get(workspace_id: str, scan_id: str) -> ScanNow:
    """The scan as it stands. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("scan", scan_id):
        found = db.row(f"{_WHOLE} WHERE s.id = %s AND s.workspace_id = %s", (scan_id, workspace_id))
    if found is None:
        raise NotFound("There is no such scan.", field="scanId", value=scan_id)
    return ScanNow(*found)


def find_of_job(workspace_id: str, job_id: str) -> ScanNow | None:
    """The scan that this job makes, or None."""
    found = db.row(f"{_WHOLE} WHERE s.job_id = %s AND s.workspace_id = %s", (job_id, workspace_id))
    return ScanNow(*found) if found else None


def ids_of_jobs(workspace_id: str, job_ids: Sequence[str]) -> dict[str, str]:
    """Job id -> id of the scan that it makes, for those that have made one (the unique index of job_id)."""
    found = Scan.select(Scan.job_id, Scan.id).where(Scan.workspace_id == workspace_id, Scan.job_id.in_(list(job_ids)))
    return {row.job_id: row.id for row in found}


def page(workspace_id: str, brand_id: str, *, limit: int, before_id: str | None = None) -> list[ScanNow]:
    """The brand's scans, newest first (index scan_by_brand)."""
    found = db.rows(
        f"{_LISTED} WHERE s.workspace_id = %s AND s.brand_id = %s AND s.kind = 'scan' AND s.id < %s"
        " ORDER BY s.id DESC LIMIT %s",
        (workspace_id, brand_id, before_id or BEHIND_ALL, limit),
    )
    return [ScanNow(*one) for one in found]


def completed(
    workspace_id: str,
    brand_id: str,
    *,
    limit: int,
    before_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    whole: bool = True,
) -> list[ScanNow]:
    """The brand's completed scans, newest first (index scan_completed); `since` and `until` bound `finished_at`,
    both included. Not `whole`: as in lists."""
    found = db.rows(
        f"{_WHOLE if whole else _LISTED} WHERE s.workspace_id = %s AND s.brand_id = %s AND s.kind = 'scan'"
        "   AND s.status = 'completed' AND s.id < %s"
        "   AND (%s::timestamptz IS NULL OR s.finished_at >= %s) AND (%s::timestamptz IS NULL OR s.finished_at <= %s)"
        " ORDER BY s.id DESC LIMIT %s",
        (workspace_id, brand_id, before_id or BEHIND_ALL, since, since, until, until, limit),
    )
    return [ScanNow(*one) for one in found]


def count_open(workspace_id: str) -> int:
    """Scans of the workspace whose work is not over (index scan_open). Who counts in a transaction holds off others."""
    db.rows("SELECT pg_advisory_xact_lock(hashtextextended('scan_open ' || %s, 0))::text", (workspace_id,))
    found = db.row(
        f"SELECT count(*) {_FROM} WHERE s.workspace_id = %s AND s.finished_at IS NULL"
        " AND j.state IN ('queued', 'running')",
        (workspace_id,),
    )
    return int(found[0]) if found else 0


def begin(workspace_id: str, scan_id: str, *, prompt_ids: Sequence[str], facts: Any) -> None:
    """Which questions it asks, in order, and what is true of the brand while they are asked; decided by its plan."""
    Scan.update(prompt_ids=list(prompt_ids), facts=facts, status="running", started_at=utc_now()).where(
        Scan.workspace_id == workspace_id, Scan.id == scan_id
    ).execute()


def set_facts(workspace_id: str, scan_id: str, facts: Any) -> None:
    """What its answers are judged by from now on."""
    Scan.update(facts=facts).where(Scan.workspace_id == workspace_id, Scan.id == scan_id).execute()


def bounds(workspace_id: str, scan_id: str) -> tuple[int | None, float]:
    """(the most it may spend in nano-dollars, seconds since it began): what each call is made within."""
    found = db.row(
        "SELECT max_spend_nano, extract(epoch FROM now() - coalesce(started_at, created_at))::float8 FROM scan"
        " WHERE id = %s AND workspace_id = %s",
        (scan_id, workspace_id),
    )
    if found is None:
        raise NotFound("There is no such scan.", field="scanId", value=scan_id)
    return found


def complete(
    workspace_id: str,
    scan_id: str,
    *,
    facts: Any,
    score: Any,
    metrics: dict[str, Any],
    quadrant: str,
    judge_version: str,
) -> None:
    """Keep what was made of its answers. Also when they are judged anew: `finished_at` stays where it is then."""
    now = utc_now()
    Scan.update(
        status="completed",
        facts=facts,
        score=score,
        metrics=metrics,
        quadrant=quadrant,
        judge_version=judge_version,
        judged_at=now,
        error=None,
        finished_at=peewee.Case(None, [(Scan.status == "completed", Scan.finished_at)], now),
    ).where(Scan.workspace_id == workspace_id, Scan.id == scan_id).execute()


def settle(*, limit: int = 500) -> int:
    """Scans whose job has failed or was cancelled keep that end; how many."""
    return len(
        db.rows(
            "UPDATE scan SET status = j.state, error = j.error, started_at = coalesce(scan.started_at, j.started_at),"
            "       finished_at = coalesce(j.finished_at, now()) FROM job j"
            f" WHERE j.id = scan.job_id AND scan.id IN (SELECT s.id {_FROM}"
            "    WHERE s.finished_at IS NULL AND j.state IN ('failed', 'cancelled') LIMIT %s)"
            " RETURNING 1",
            (limit,),
        )
    )


def prune(*, days: float, limit: int) -> int:
    """Forget scans that ended long ago, with their answers, at most `limit`; how many."""
    return len(
        db.rows(
            "DELETE FROM scan WHERE id IN (SELECT id FROM scan WHERE finished_at < now() - make_interval(secs => %s)"
            " LIMIT %s) RETURNING 1",
            (days * 86400, limit),
        )
    )
