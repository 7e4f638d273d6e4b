"""Fan-out and fan-in on real workers, with doubled messages, failures and kills: every stage begins exactly once."""

from __future__ import annotations

import pytest

from store.jobs.wake import lane_key
from store.kit import redis
from tests.engine.seen import column, count, effects, ended_once, events, no_leftovers, over, rows, start, start_parts
from tests.kit.eventually import eventually


def test_a_message_pushed_ten_times_runs_its_stage_once(fleet):
    redis.client().flushdb()
    jobs = [start(["sleep", 0.05], pipeline="test.chain") for _ in range(20)]
    parted = start_parts(*({"name": str(number)} for number in range(20)))
    pushed: set[int] = set()
    while ids := {task_id for (task_id,) in rows("SELECT id FROM task WHERE state IN ('sent', 'running')")}:
        if ids - pushed:
            redis.client().rpush(lane_key("quick"), *(sorted(ids - pushed) * 9))
        pushed |= ids

    assert set(over(*jobs, parted)) == {"completed"}
    assert effects("started") == effects("ended") == 20 * 3 + 20
    assert effects("split") == effects("joined") == 1
    ended_once(*jobs, parted)
    no_leftovers()


def test_messages_of_tasks_that_are_gone_or_were_never_there_are_dropped(fleet):
    redis.client().rpush(lane_key("quick"), 1, 2, 10**15)
    job = start()

    assert over(job) == ["completed"]
    eventually(lambda: redis.client().llen(lane_key("quick")) == 0)


@pytest.mark.parametrize("number", [1, 100, 1000])
def test_however_many_parts_there_are_the_next_stage_begins_exactly_once(fleet, number):
    before = effects("joined")
    job = start_parts(*({"name": str(each)} for each in range(number)))

    assert over(job, within_s=60) == ["completed"]
    assert column(job, "result") == [str(each) for each in range(number)]
    assert effects("started", job) == effects("ended", job) == number
    assert effects("joined") == before + 1
    assert count("part WHERE job_id = %s AND done", job) == number
    assert events(job).count("stage.completed") == 3
    ended_once(job)


def test_a_fan_out_whose_workers_are_killed_still_joins_exactly_once(fleet):
    keeper = fleet._processes[1]
    job = start_parts(*({"name": str(each), "do": [["sleep", 0.02]]} for each in range(200)))
    for done in (20, 80):
        eventually(lambda done=done: count("part WHERE job_id = %s AND done", job) >= done, within_s=20)
        children = fleet.children(keeper)
        children[0].kill()
        redis.client().rpush(lane_key("quick"), *[task_id for (task_id,) in rows("SELECT id FROM task")] * 2)

    assert over(job, within_s=60) == ["completed"]
    assert column(job, "result") == [str(each) for each in range(200)]
    assert effects("joined", job) == 1
    assert events(job).count("stage.completed") == 3
    ended_once(job)
    no_leftovers()


@pytest.mark.parametrize(
    ("pipeline", "failing", "state"),
    [("fan_all", 0, "completed"), ("fan_all", 1, "failed"), ("fan_two", 3, "completed"), ("fan_two", 4, "failed"),
     ("fan_half", 2, "completed"), ("fan_half", 3, "failed"), ("fan_half", 5, "failed")],
)  # fmt: skip
def test_a_stage_ends_as_what_it_needs_says(fleet, pipeline, failing, state):
    parts = [{"name": str(each), "do": [["refuse", "no"]] if each < failing else []} for each in range(5)]
    job = start_parts(*parts, pipeline=f"test.{pipeline}")

    assert over(job) == [state]
    if state == "completed":
        assert column(job, "result") == [str(each) for each in range(failing, 5)]
    else:
        assert column(job, "error")["code"] == "stage_failed"
        assert effects("joined", job) == 0
    ended_once(job)
    no_leftovers()


def test_no_parts_at_all_lead_to_the_next_stage_at_once(fleet):
    job = start_parts()

    assert over(job) == ["completed"]
    assert (effects("joined", job), column(job, "result"), column(job, "progress")) == (1, [], 100)
