"""Every way a task can end: cancelled, retried, tried again, refused, too large, not to be stored, too slow."""

from __future__ import annotations

import pytest

from pipelines.engine import control
from store.kit import redis
from store.kit.errors import Conflict, NotFound
from tests.engine.seen import (
    OTHER,
    WORKSPACE,
    column,
    count,
    effects,
    ended_once,
    events,
    happened,
    no_leftovers,
    over,
    rows,
    start,
    start_parts,
    state_of,
)
from tests.kit.eventually import eventually

FLEET_SETTINGS = {"MILLRACE_ENGINE__MAX_RESULT_BYTES": "10000", "MILLRACE_ENGINE__MAX_PARTS": "50"}


def seconds_until_stopped(job: str) -> float:
    ((began,),) = rows("SELECT now()")
    eventually(lambda: count("task WHERE job_id = %s", job) == 0, within_s=8)
    ((ended,),) = rows("SELECT now()")
    return (ended - began).total_seconds()


def test_a_waiting_job_is_cancelled_at_once(fleet):
    control.pause("cpu", by="test")
    job = start(pipeline="test.cpu")

    assert control.cancel(WORKSPACE, job)
    assert state_of(job) == "cancelled"
    assert count("task WHERE job_id = %s", job) == 0
    control.resume("cpu")
    assert over(start(pipeline="test.cpu")) == ["completed"]
    assert effects("started", job) == 0
    assert events(job) == ["job.created", "job.cancelled"]


@pytest.mark.parametrize("work", [["sleep", 30], ["spin", 30]])
def test_a_running_job_stops_within_two_seconds(fleet, work):
    job = start(work)
    happened("started", job)

    control.cancel(WORKSPACE, job)

    assert seconds_until_stopped(job) < 2
    assert effects("ended", job) == 0
    assert state_of(job) == "cancelled"
    ended_once(job)


def test_what_a_deaf_task_writes_after_the_cancel_does_not_count(fleet):
    job = start(["sleep deaf", 1.2], pipeline="test.chain")
    happened("started", job)

    control.cancel(WORKSPACE, job)

    eventually(lambda: count("task WHERE job_id = %s", job) == 0)
    assert effects("started", job) == 1
    assert effects("ended", job) == 0
    assert state_of(job) == "cancelled"
    ended_once(job)


def test_a_task_that_never_stops_costs_its_process_and_others_go_on(fleet):
    job = start(["hold the GIL", 30])
    happened("started", job)
    control.cancel(WORKSPACE, job)

    eventually(lambda: count("task WHERE job_id = %s", job) == 0, within_s=10)
    assert over(start()) == ["completed"]
    assert state_of(job) == "cancelled"
    no_leftovers()


def test_a_cancel_ends_all_parts_and_nothing_is_joined(fleet):
    job = start_parts(*({"do": [["sleep", 20]]} for _ in range(40)))
    happened("started", job, times=8)

    control.cancel(WORKSPACE, job)

    assert seconds_until_stopped(job) < 2
    assert (effects("ended", job), effects("joined", job)) == (0, 0)
    ended_once(job)


def test_a_cancel_comes_once_and_never_to_a_stranger(fleet):
    job = start(["sleep", 20])
    happened("started", job)

    with pytest.raises(NotFound):
        control.cancel(OTHER, job)
    assert [control.cancel(WORKSPACE, job), control.cancel(WORKSPACE, job)] == [True, False]
    ended_once(job)
    done = start()
    over(done)
    assert control.cancel(WORKSPACE, done) is False
    assert state_of(done) == "completed"


def test_a_cancel_does_not_need_redis(fleet, monkeypatch):
    monkeypatch.setattr(redis.client(), "pipeline", lambda **_: (_ for _ in ()).throw(ConnectionError("away")))
    job = start(["sleep", 20])
    happened("started", job)

    control.cancel(WORKSPACE, job)

    assert seconds_until_stopped(job) < 2


def test_a_retry_begins_a_new_run_of_what_failed(fleet):
    job = start(["refuse once", "no"], pipeline="test.act", name="answer")
    assert over(job) == ["failed"]

    control.retry(WORKSPACE, job)

    assert over(job) == ["completed"]
    assert (column(job, "run"), column(job, "result"), column(job, "error")) == (2, "answer", None)
    assert events(job).count("job.retried") == events(job).count("job.completed") == 1
    with pytest.raises(Conflict):
        control.retry(WORKSPACE, job)


def test_a_retry_runs_no_part_again_that_had_succeeded(fleet):
    parts = [{"name": str(each), "do": [["refuse once", "no"]] if each in {3, 7} else []} for each in range(10)]
    job = start_parts(*parts, pipeline="test.fan_all")
    assert over(job) == ["failed"]
    eventually(lambda: count("task WHERE job_id = %s", job) == 0)
    kept = {idx for (idx,) in rows("SELECT idx FROM part WHERE job_id = %s AND stage = 1 AND done", (job,))}

    control.retry(WORKSPACE, job)

    assert over(job) == ["completed"]
    assert column(job, "result") == [str(each) for each in range(10)]
    second = {
        idx
        for (idx,) in rows(
            "SELECT idx FROM engine_test.effect WHERE job_id = %s AND run = 2 AND kind = 'started'", (job,)
        )
    }
    assert second == set(range(10)) - kept
    assert effects("joined", job) == 1


def test_a_cancelled_job_can_be_retried_once_its_tasks_have_stopped(fleet):
    job = start(["sleep deaf", 1.2], name="x")
    happened("started", job)
    control.cancel(WORKSPACE, job)
    with pytest.raises(Conflict):
        control.retry(WORKSPACE, job)
    eventually(lambda: count("task WHERE job_id = %s", job) == 0)

    control.retry(WORKSPACE, job)

    assert over(job) == ["completed"]
    assert effects("ended", job) == 1


def test_try_again_costs_no_attempt(fleet):
    job = start(["again", 6])

    assert over(job) == ["completed"]
    assert {attempt for (attempt,) in rows("SELECT attempt FROM engine_test.effect WHERE job_id = %s", (job,))} == {1}
    assert effects("started", job) == 7


def test_a_broken_stage_is_tried_as_often_as_it_says_and_no_more(fleet):
    saved, lost = start(["break", 2], name="x"), start(["break", 3])

    assert over(saved, lost) == ["completed", "failed"]
    assert effects("started", saved) == effects("started", lost) == 3
    assert column(lost, "error")["code"] == "internal_error"
    assert column(lost, "error")["details"] == {"attempts": 3}


def test_a_refusal_is_final(fleet):
    job = start(["refuse", "not like this"])

    assert over(job) == ["failed"]
    assert effects("started", job) == 1
    assert column(job, "error") == {"code": "refused", "message": "not like this", "retryable": False}


def test_a_result_that_is_too_large_fails_its_job_by_name(fleet):
    job = start(["long text", 20_000])

    assert over(job) == ["failed"]
    assert column(job, "error")["code"] == "result_too_large"


def test_too_many_parts_fail_their_job_by_name(fleet):
    job = start_parts(*({} for _ in range(51)))

    assert over(job) == ["failed"]
    assert column(job, "error")["code"] == "too_many_parts"
    ended_once(job)


def test_what_cannot_be_stored_fails_its_own_job_and_nobody_elses(fleet):
    neighbours = [start(["sleep", 0.01]) for _ in range(20)]
    bad = [start(["return a NUL", None]) for _ in range(3)]
    words = start(["refuse with a NUL", None])
    more = [start(["sleep", 0.01]) for _ in range(20)]

    assert set(over(*neighbours, *more)) == {"completed"}
    assert set(over(*bad, words, within_s=10)) == {"failed"}
    assert {column(job, "error")["code"] for job in bad} == {"bad_output"}
    assert column(words, "error")["code"] == "refused"
    ended_once(*neighbours, *bad, words, *more)


def test_a_stage_past_its_deadline_is_stopped_and_tried_again_then_failed(fleet):
    job = start(["spin", 20], pipeline="test.short")

    assert over(job, within_s=20) == ["failed"]
    assert column(job, "error")["code"] == "deadline_exceeded"
    assert effects("started", job) == 3
    assert rows("SELECT 1 FROM engine_test.effect WHERE job_id = %s AND attempt > 3", (job,)) == []


def test_progress_only_rises_and_is_no_line_of_the_log(fleet):
    job = start(["progress", 0.5], ["sleep", 0.6], ["progress", 0.2], ["sleep", 0.6], pipeline="test.act")
    eventually(lambda: column(job, "progress") == 50)
    seen = [column(job, "progress")]
    while state_of(job) in {"queued", "running"}:
        seen.append(column(job, "progress"))

    assert seen == sorted(seen)
    assert column(job, "progress") == 100
    assert events(job) == ["job.created", "job.started", "job.completed"]


def test_internal_jobs_emit_nothing(fleet):
    job = start(pipeline="test.silent")

    assert over(job) == ["completed"]
    assert events(job) == []
