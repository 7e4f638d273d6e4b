"""What may start, on real workers: turns between workspaces, pauses, delays, expiry."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pipelines.engine import control
from pipelines.engine.submit import Submission, submit_many
from store.jobs.wake import lane_key
from store.kit import db, redis
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from tests.engine.seen import OTHER, WORKSPACE, column, count, effects, events, most_at_once, over, rows, start
from tests.kit.eventually import eventually

FLEET = ({"processes": 1, "threads": 2},)


@pytest.fixture(autouse=True)
def _nothing_is_paused(engine):
    yield
    for lane in ("quick", "cpu"):
        control.resume(lane)


def test_a_small_workspace_is_not_kept_waiting_by_a_large_one(fleet):
    one = Submission(workspace_id=WORKSPACE, pipeline="test.act", input={"do": [["sleep", 0.01]]})
    asyncio.run(submit_many([one] * 2000))
    small = [start(["sleep", 0.01], workspace_id=OTHER) for _ in range(5)]

    assert over(*small, within_s=15) == ["completed"] * 5
    done = count("job WHERE workspace_id = %s AND state = 'completed'", WORKSPACE)
    assert done < 1500, "the small workspace waited for most of the large one"
    db.rows("DELETE FROM task")


def test_nothing_starts_on_a_paused_lane_neither_what_waits_nor_what_was_sent(fleet):
    running = [start(["sleep", 0.6], pipeline="test.cpu") for _ in range(2)]
    eventually(lambda: effects("started", running[1]) == 1)
    sent = [start(pipeline="test.cpu") for _ in range(3)]
    eventually(lambda: redis.client().llen(lane_key("cpu")) == 3)
    assert {state for (state,) in rows("SELECT state FROM task WHERE job_id = ANY (%s)", (sent,))} == {"sent"}

    control.pause("cpu", by="operator", reason="a test")
    later = start(pipeline="test.cpu")

    assert over(*running) == ["completed"] * 2
    assert over(start()) == ["completed"], "other lanes go on"
    assert {state for (state,) in rows("SELECT state FROM task")} == {"ready"}
    assert effects("started", later) == sum(effects("started", job) for job in sent) == 0
    control.resume("cpu")
    assert over(*sent, later, within_s=5) == ["completed"] * 4


def test_only_lanes_that_exist_can_be_paused(engine):
    with pytest.raises(NotFound):
        control.pause("nowhere", by="operator")


def test_a_delayed_job_starts_when_it_is_due_and_not_before(fleet):
    due = utc_now() + timedelta(seconds=1.2)
    job = start(run_at=due)
    now = start()

    assert over(now) == ["completed"]
    assert effects("started", job) == 0
    assert over(job, within_s=5) == ["completed"]
    ((at,),) = rows("SELECT at FROM engine_test.effect WHERE kind = 'started' AND job_id = %s", (job,))
    assert due <= at < due + timedelta(seconds=1.5)


def test_a_job_that_does_not_start_in_time_expires(fleet):
    control.pause("cpu", by="operator")
    job = start(pipeline="test.cpu", ttl_seconds=1)

    assert over(job, within_s=5) == ["failed"]
    assert column(job, "error")["code"] == "expired"
    assert events(job) == ["job.created", "job.failed"]
    assert count("task WHERE job_id = %s", job) == 0


def test_a_job_that_started_in_time_never_expires(fleet):
    job = start(["break", 1], ["sleep", 2], ttl_seconds=1)

    assert over(job) == ["completed"]


def test_a_slow_task_does_not_hold_up_those_taken_along_with_it(fleet):
    quick = Submission(workspace_id=WORKSPACE, pipeline="diagnostics.echo", input={})
    answers = asyncio.run(submit_many([quick] * 400))  # from here on, threads take handfuls
    assert set(over(*(answer.id for answer in answers))) == {"completed"}

    slow = Submission(workspace_id=WORKSPACE, pipeline="test.act", input={"do": [["sleep", 0.4]]})
    jobs = [answer.id for answer in asyncio.run(submit_many([slow] * 12))]

    assert set(over(*jobs, within_s=8)) == {"completed"}
    assert most_at_once("job_id = ANY (%s)", jobs) == 2, "both threads are in use"
    assert rows("SELECT DISTINCT attempt FROM engine_test.effect WHERE job_id = ANY (%s)", (jobs,)) == [(1,)]
    assert sum(effects("started", job) for job in jobs) == 12
