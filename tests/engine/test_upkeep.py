"""What keeps the store small and right: retention, the audit of slots, leases; and why a job is not running."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from pipelines import catalog
from pipelines.engine import control
from pipelines.engine.reconciler import Reconciler
from pipelines.engine.why import why
from store.jobs import claim as claims
from store.jobs import finish, leases, repair
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import first_id
from tests.engine.seen import OTHER, WORKSPACE, count, rows, start, state_of

WORKER = "wrk_00000000000000000000000001"


def prune() -> list[int]:
    found = []
    with db.plain_cursor() as cursor:
        while gone := repair.prune(cursor, batch=10):
            found.append(gone)
    return found


def age(job: str, days: int) -> str:
    """Make a job look as if it had been made and finished so many days ago."""
    then = utc_now() - timedelta(days=days)
    aged = first_id("job", then)[:-4] + job[-4:]
    db.rows(
        "UPDATE job SET id = %s, created_at = %s, finished_at = %s, state = 'completed' WHERE id = %s",
        (aged, then, then, job),
    )
    db.rows("UPDATE part SET job_id = %s WHERE job_id = %s", (aged, job))
    db.rows("UPDATE event SET created_at = %s WHERE job_id = %s", (then, job))
    db.rows("DELETE FROM task WHERE job_id = %s", (job,))
    return aged


def worker(*, lanes: tuple[str, ...] = ("quick",), threads: int = 2, name: str = WORKER) -> None:
    with db.plain_cursor() as cursor:
        leases.register(cursor, name, host="x", pid=1, lanes=lanes, threads=threads)


def claimed() -> list:
    session = db.Session(claims.STATEMENTS)
    ids = [task_id for (task_id,) in rows("SELECT id FROM task WHERE state = 'sent'")]
    found = claims.claim(session.cursor(), ids, worker_id=WORKER, pipelines=catalog.pipelines())
    session.close()
    return found


def test_what_outlived_its_retention_goes_in_batches_and_the_rest_stays(empty_engine):
    old = [age(start(), days=40) for _ in range(35)]
    db.rows("INSERT INTO part (job_id, stage, idx, output) SELECT id, 0, 0, '1' FROM job")
    young = age(start(), days=20)
    waiting = start()
    db.rows("UPDATE event SET created_at = now() WHERE job_id NOT IN (SELECT job_id FROM event ORDER BY xid LIMIT 35)")

    gone = prune()

    assert len(gone) >= 4
    assert {job for (job,) in rows("SELECT id FROM job")} == {young, waiting}
    assert count("part WHERE job_id = ANY (%s)", old) == 0
    assert count("event") == 2
    assert count("task") == 1


def test_an_old_job_that_still_runs_is_never_pruned(empty_engine):
    job = start()
    aged = age(job, days=90)
    db.rows("UPDATE job SET state = 'running', finished_at = NULL WHERE id = %s", (aged,))

    prune()

    assert count("job") == 1


def test_used_idempotency_keys_go_after_a_day(empty_engine):
    start(idempotency_key="old")
    db.rows("UPDATE idempotency_key SET created_at = now() - interval '25 hours'")
    start(idempotency_key="new")

    prune()

    assert rows("SELECT key FROM idempotency_key") == [("new",)]


def test_the_audit_sets_wrong_counts_right_and_drops_idle_keys(empty_engine):
    worker()
    holder = start(key="right")
    db.rows("UPDATE task SET state = 'sent', has_slot = true WHERE job_id = %s", (holder,))
    db.rows(
        "INSERT INTO slot (key, used, capacity) VALUES (%s, 1, 1), ('too many', 5, 5), (%s, 0, 2), ('idle', 0, 1)",
        (f"{WORKSPACE}:right", f"{WORKSPACE}:too few"),
    )
    low = start(key="too few")
    db.rows("UPDATE task SET state = 'running', has_slot = true WHERE job_id = %s", (low,))

    with db.plain_cursor() as cursor:
        assert repair.audit_slots(cursor) == 2
        assert repair.audit_slots(cursor) == 0

    assert rows("SELECT key, used FROM slot ORDER BY key") == [(f"{WORKSPACE}:right", 1), (f"{WORKSPACE}:too few", 1)]


def test_a_task_held_for_a_key_that_is_free_is_looked_at_again(empty_engine):
    job = start(key="k")
    db.rows("UPDATE task SET state = 'held'")
    db.rows("INSERT INTO slot (key, used, capacity) VALUES (%s, 0, 1)", (f"{WORKSPACE}:k",))

    with db.plain_cursor() as cursor:
        repair.audit_slots(cursor)

    assert rows("SELECT job_id, state FROM task") == [(job, "ready")]


def test_what_a_process_that_is_gone_left_behind_waits_again(empty_engine):
    worker()
    job = start()
    assert len(claimed()) == 1
    db.rows("DELETE FROM worker")

    Reconciler().round()

    assert rows("SELECT job_id, state, attempt, crashes, token FROM task") == [(job, "ready", 0, 1, None)]


def test_a_lease_that_ran_out_counts_only_when_its_holder_could_have_renewed_it(empty_engine, monkeypatch):
    worker()
    start()
    claimed()
    db.rows("UPDATE worker SET lease_until = now() - interval '1 second'")
    reconciler = Reconciler()

    reconciler.round()
    assert count("worker") == 1, "this process has only just found Postgres, as the holder may have"
    monkeypatch.setattr(reconciler._session, "_connected_at", reconciler._session._connected_at - 3)
    reconciler.round()

    assert count("worker") == 0
    assert rows("SELECT state FROM task") == [("ready",)]


def test_a_machine_that_stops_in_the_middle_of_a_write_holds_its_locks_no_longer_than_a_lease(empty_engine):
    worker()
    job = start()
    (mine,) = claimed()
    stopped = db.Session(finish.STATEMENTS)
    taken = finish.take(stopped.cursor(), [finish.Ended(mine.task_id, mine.token, job)])
    assert len(taken) == 1
    db.rows("DELETE FROM worker")
    began = time.monotonic()

    Reconciler().round()

    assert rows("SELECT state FROM task") == [("ready",)]
    assert time.monotonic() - began < 4
    with pytest.raises(db.OUTAGES):
        finish.put(stopped._connection.cursor(), jobs=[], tasks=[], parts=[], events=[])


def test_buffers_follow_the_live_workers(empty_engine):
    worker(threads=3)
    worker(threads=5, lanes=("quick", "cpu"), name="wrk_00000000000000000000000002")
    assert rows("SELECT name, buffer FROM lane WHERE buffer > 0 ORDER BY name") == [("cpu", 20), ("quick", 32)]

    with db.plain_cursor() as cursor:
        leases.release(cursor, WORKER)

    assert rows("SELECT name, buffer FROM lane WHERE buffer > 0 ORDER BY name") == [("cpu", 20), ("quick", 20)]


def reason(job: str) -> str:
    return str(why(WORKSPACE, job)["reason"])


def test_why_says_that_no_worker_serves_the_lane(empty_engine):
    job = start()

    assert reason(job) == "no_worker"
    assert "quick" in why(WORKSPACE, job)["message"]


def test_why_says_that_the_lane_is_paused_by_whom_and_for_what(empty_engine):
    worker()
    control.pause("quick", by="ada", reason="a migration")

    found = why(WORKSPACE, start())

    assert (found["reason"], found["lane"], found["eta_seconds"]) == ("lane_paused", "quick", None)
    assert "a migration" in found["message"]


def test_why_says_when_a_job_is_due(empty_engine):
    worker()
    found = why(WORKSPACE, start(run_at=utc_now() + timedelta(minutes=5)))

    assert found["reason"] == "not_due"
    assert 295 < found["eta_seconds"] <= 300


def test_why_says_that_a_key_is_busy_and_by_how_many(empty_engine):
    worker()
    job = start(key="k", limit=2)
    db.rows("UPDATE task SET state = 'held'")
    db.rows("INSERT INTO slot (key, used, capacity) VALUES (%s, 2, 2)", (f"{WORKSPACE}:k",))

    found = why(WORKSPACE, job)

    assert (found["reason"], found["in_use"], found["limit"]) == ("key_busy", 2, 2)


def test_why_says_how_many_go_first_and_how_long_that_takes(empty_engine):
    worker(threads=2)
    db.rows("UPDATE lane SET buffer = 0")
    for _ in range(9):
        start()
    start(workspace_id=OTHER)
    job = start()

    found = why(WORKSPACE, job)

    assert (found["reason"], found["position"], found["workspaces_waiting"], found["threads"]) == ("queued", 10, 2, 2)


def test_why_says_running_retrying_starting_and_finished(empty_engine):
    worker()
    sent = start()
    assert reason(sent) == "starting"
    claimed()
    assert reason(sent) == "running"
    db.rows("UPDATE task SET state = 'delayed', run_at = now() + interval '1 minute', last_error = 'it broke'")
    assert reason(sent) == "retrying"
    control.cancel(WORKSPACE, sent)
    assert (reason(sent), state_of(sent)) == ("finished", "cancelled")


def test_why_is_not_for_strangers(empty_engine):
    job = start()

    with pytest.raises(NotFound):
        why(OTHER, job)
