"""Submitting and looking, for tests of the engine: everything is counted in the database, nothing is assumed."""

from __future__ import annotations

from typing import Any

from pipelines.engine.submit import Submission, submit
from store.kit import db
from tests.kit.eventually import eventually

WORKSPACE = "ws_00000000000000000000000001"
OTHER = "ws_00000000000000000000000002"


def start(*do: list[Any], pipeline: str = "test.act", name: str | None = None, **rest: Any) -> str:
    """Submit a job that does these things; its id. What `Submission` knows goes there, the rest into the input."""
    options = {key: rest.pop(key) for key in list(rest) if key in Submission.__struct_fields__}
    options.setdefault("workspace_id", WORKSPACE)
    return submit(Submission(pipeline=pipeline, input={"do": do, "name": name, **rest}, **options)).id


def start_parts(*parts: dict[str, Any], pipeline: str = "test.fan_all", **options: Any) -> str:
    """Submit a job that splits into these parts."""
    options.setdefault("workspace_id", WORKSPACE)
    return submit(Submission(pipeline=pipeline, input={"parts": list(parts)}, **options)).id


def rows(sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Rows of a query; waits for a database that is just coming back."""

    def look() -> tuple[bool, list[tuple[Any, ...]]]:
        try:
            return True, db.rows(sql, params)
        except db.OUTAGES as error:
            raise AssertionError("Postgres is away") from error

    return eventually(look, within_s=20)[1]


def state_of(job_id: str) -> str:
    return str(column(job_id, "state"))


def column(job_id: str, name: str) -> Any:
    return rows(f"SELECT {name} FROM job WHERE id = %s", (job_id,))[0][0]


def count(sql: str, *params: Any) -> int:
    return int(rows(f"SELECT count(*) FROM {sql}", params)[0][0])


def effects(kind: str, job_id: str | None = None) -> int:
    """How often it happened."""
    if job_id is None:
        return count("engine_test.effect WHERE kind = %s", kind)
    return count("engine_test.effect WHERE kind = %s AND job_id = %s", kind, job_id)


def happened(kind: str, job_id: str, times: int = 1, within_s: float = 10) -> None:
    """Wait until it happened so often."""
    eventually(lambda: effects(kind, job_id) >= times, within_s=within_s, what=f"{kind} of {job_id}")


def over(*job_ids: str, within_s: float = 20) -> list[str]:
    """Wait until the jobs are over: their states."""
    wanted = list(job_ids)

    def look() -> list[str] | None:
        found = dict(rows("SELECT id, state FROM job WHERE id = ANY (%s)", (wanted,)))
        states = [found[job_id] for job_id in wanted]
        assert not set(states) & {"queued", "running"}, (
            f"still open: {[s for s in states if s[0] in 'qr'][:5]} {tasks()}"
        )
        return states

    return eventually(look, within_s=within_s)


def tasks() -> list[tuple[Any, ...]]:
    """What is open, for a person who reads a failure."""
    return rows(
        "SELECT job_id, stage, idx, state, attempt, crashes, key, has_slot, worker_id, token FROM task ORDER BY id LIMIT 8"
    )


def events(job_id: str) -> list[str]:
    """The types of a job's lines, in order."""
    return [kind for (kind,) in rows("SELECT type FROM event WHERE job_id = %s ORDER BY xid, id", (job_id,))]


def ended_once(*job_ids: str) -> None:
    """Each job has exactly one line that says how it ended, and one fenced end of its single task at most."""
    wrong = rows(
        "SELECT job_id, count(*) FROM event WHERE job_id = ANY (%s)"
        " AND type IN ('job.completed', 'job.failed', 'job.cancelled') GROUP BY job_id HAVING count(*) <> 1",
        (list(job_ids),),
    )
    told = count(
        "event WHERE job_id = ANY (%s) AND type IN ('job.completed', 'job.failed', 'job.cancelled')", list(job_ids)
    )
    assert not wrong, wrong
    assert told == len(job_ids)


def no_leftovers() -> None:
    """No open task and no slot in use."""

    def look() -> bool:
        assert not tasks(), tasks()
        assert not rows("SELECT key, used FROM slot WHERE used <> 0")
        return True

    eventually(look, within_s=10)


def most_at_once(where: str, *params: Any) -> int:
    """The largest number of tasks between `started` and `ended` at one moment, by the database's clock."""
    found = rows(
        "SELECT max(open) FROM (SELECT sum(change) OVER (ORDER BY at, change) AS open FROM ("
        "  SELECT at, CASE kind WHEN 'started' THEN 1 ELSE -1 END AS change FROM engine_test.effect"
        f"   WHERE kind IN ('started', 'ended') AND {where}) AS c) AS o",
        params,
    )
    return int(found[0][0] or 0)
