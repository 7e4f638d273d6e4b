"""What goes next: priorities that age, workspaces in turn, and what the clock starts. No worker runs here."""

from __future__ import annotations

import msgspec

from pipelines.engine import control, schedules
from pipelines.engine.dispatcher import Dispatcher
from store.jobs import leases
from store.jobs.wake import lane_key
from store.kit import db, redis
from store.kit.clock import utc_now
from tests.engine.seen import WORKSPACE, count, rows, start


def test_a_schedule_fires_once_for_each_time_however_many_schedulers_look(empty_engine):
    schedules.put(
        WORKSPACE, "nightly", cron="* * * * *", pipeline="diagnostics.echo", job_input={}, surface="vistralai"
    )
    db.rows("UPDATE schedule SET next_at = now() - interval '3 hours'")

    fired = [schedules.fire_due(), schedules.fire_due()]

    assert fired == [1, 0]
    assert count("job WHERE created_by = (SELECT id FROM schedule)") == 1
    ((next_at,),) = rows("SELECT next_at FROM schedule")
    assert next_at > utc_now()


def test_a_schedule_whose_job_is_refused_goes_on_to_its_next_time(empty_engine):
    schedules.put(WORKSPACE, "wrong", cron="* * * * *", pipeline="diagnostics.echo", job_input={}, surface="vistralai")
    db.rows("UPDATE schedule SET next_at = now(), input = %s", (msgspec.json.encode({"value": 1, "odd": 2}).decode(),))

    assert schedules.fire_due() == 0
    assert count("schedule WHERE next_at > now()") == 1


def order_of_dispatch(lane: str = "quick") -> list[str]:
    """One worker thread's worth at a time: the jobs in the order in which they are sent."""
    with db.plain_cursor() as cursor:
        leases.register(cursor, "wrk_00000000000000000000000001", host="x", pid=1, lanes=[lane], threads=1)
    db.rows("UPDATE lane SET buffer = 1")
    dispatcher = Dispatcher()
    found: list[str] = []
    for _ in range(200):
        dispatcher._lanes[lane].size = 0
        dispatcher._lanes[lane].shrink_at = 0
        if not dispatcher.round([lane]):
            break
        ids = redis.client().lrange(lane_key(lane), 0, -1)
        redis.client().delete(lane_key(lane))
        for task_id in ids:
            found += [job for (job,) in rows("DELETE FROM task WHERE id = %s RETURNING job_id", (int(task_id),))]
    return found


def test_a_higher_priority_goes_first_and_a_lower_one_is_served_when_it_is_old_enough(empty_engine):
    low, middle, high = (start(priority=priority) for priority in (-5, 0, 5))
    old = start(priority=-5)
    db.rows("UPDATE task SET order_at = order_at - interval '11 minutes' WHERE job_id = %s", (old,))

    assert order_of_dispatch() == [old, high, middle, low]


def test_workspaces_take_turns_and_none_is_left_out(empty_engine):
    owners = [f"ws_{letter * 26}" for letter in "abc"]
    jobs = {start(workspace_id=owner): owner for owner in owners for _ in range(20)}

    found = [jobs[job] for job in order_of_dispatch()]

    assert len(found) == 60
    for at in range(0, 54, 6):
        assert set(found[at : at + 6]) == set(owners), found


def test_a_retried_job_keeps_its_priority(empty_engine):
    plain = start()
    urgent = start(priority=10)
    for job in (plain, urgent):
        control.cancel(WORKSPACE, job)
        control.retry(WORKSPACE, job)

    assert order_of_dispatch() == [urgent, plain]
