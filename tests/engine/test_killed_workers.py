"""Worker processes that die, hang, or lose their keeper: what they had runs again, and counts once."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from store.kit import db
from store.kit.clock import utc_now
from tests.engine.seen import (
    column,
    count,
    effects,
    ended_once,
    happened,
    most_at_once,
    no_leftovers,
    over,
    start,
    start_parts,
)
from tests.kit.eventually import eventually

FLEET = ()  # each test starts its own workers


def longest_gap(*jobs: str) -> float:
    """Seconds from the kill (the row `killed`) to the last second start of a task that was running then."""
    found = db.row(
        "SELECT extract(epoch FROM max(s.at) - max(k.at)) FROM engine_test.effect s, engine_test.effect k"
        " WHERE k.kind = 'killed' AND s.kind = 'started' AND s.job_id = ANY (%s)",
        (list(jobs),),
    )
    return float(found[0])


def note_the_kill() -> None:
    db.rows("INSERT INTO engine_test.effect (kind, job_id) VALUES ('killed', '')")


def ends(*jobs: str) -> set[int]:
    """How often each job's work was counted under the fence."""
    found = db.rows(
        "SELECT job_id, count(*) FROM engine_test.effect WHERE kind = 'ended' AND job_id = ANY (%s) GROUP BY job_id",
        (list(jobs),),
    )
    assert len(found) == len(jobs)
    return {times for _, times in found}


def test_tasks_of_a_killed_process_run_again_within_three_seconds_and_count_once(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker(processes=2)
    jobs = [start(["sleep", 1.5]) for _ in range(8)]
    for job in jobs:
        happened("started", job)
    victim = own_fleet.children(keeper)[0]

    note_the_kill()
    victim.kill()

    assert over(*jobs) == ["completed"] * 8
    again = db.rows("SELECT job_id FROM engine_test.effect WHERE kind = 'started' GROUP BY job_id HAVING count(*) > 1")
    assert len(again) == 4
    assert longest_gap(*(job for (job,) in again)) < 3
    assert ends(*jobs) == {1}
    ended_once(*jobs)
    no_leftovers()


def test_a_crash_is_charged_and_the_attempt_refunded(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker()
    job = start(["die", 1], ["sleep", 0.5])

    happened("started", job, times=2)

    assert db.rows("SELECT crashes, attempt FROM task WHERE job_id = %s", (job,)) == [(1, 1)]
    assert over(job) == ["completed"]


@pytest.mark.long
def test_a_poison_task_is_set_aside_and_spares_the_innocent(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker(threads=4)
    poison = start(["sleep", 0.3], ["die", 99])
    innocents = [start(["sleep", 2.5]) for _ in range(3)]

    assert over(poison, within_s=40) == ["failed"]
    assert over(*innocents, within_s=40) == ["completed"] * 3
    assert column(poison, "error")["code"] == "worker_lost"
    assert effects("started", poison) == 3
    assert ends(*innocents) == {1}
    no_leftovers()


@pytest.mark.long
def test_two_poison_tasks_at_their_last_chance_run_one_after_the_other(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker(threads=4)
    poison = [start(["sleep", 0.3], ["die", 99], pipeline=lane) for lane in ("test.act", "test.act", "test.cpu")]

    assert over(*poison, within_s=60) == ["failed"] * 3
    assert {column(job, "error")["code"] for job in poison} == {"worker_lost"}
    last = db.rows("SELECT job_id, max(at) FROM engine_test.effect GROUP BY job_id")
    assert len(last) == 3
    no_leftovers()


@pytest.mark.long
def test_a_task_at_its_last_chance_runs_alone(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker(threads=4)
    risky = start(["die", 2], ["sleep", 1])
    happened("started", risky, times=2)
    others = [start(["sleep", 0.2]) for _ in range(12)]

    assert over(risky, *others, within_s=40) == ["completed"] * 13
    inside = db.rows(
        "SELECT o.job_id FROM engine_test.effect o,"
        " (SELECT max(at) FILTER (WHERE kind = 'started') AS start, max(at) FILTER (WHERE kind = 'ended') AS stop"
        "    FROM engine_test.effect WHERE job_id = %s) AS r"
        " WHERE o.kind = 'started' AND o.job_id <> %s AND o.at > r.start AND o.at < r.stop",
        (risky, risky),
    )
    assert inside == []


def test_a_last_chance_waits_for_its_neighbours_without_using_up_its_deadline(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker(threads=2)
    neighbour = start(["sleep", 3])
    happened("started", neighbour)
    risky = start(pipeline="test.short", run_at=utc_now() + timedelta(seconds=1))
    db.rows("UPDATE task SET crashes = 2 WHERE job_id = %s", (risky,))

    assert over(risky, neighbour, within_s=30) == ["completed"] * 2
    assert effects("started", neighbour) == effects("started", risky) == 1
    assert most_at_once("true") == 1


def test_a_dead_process_is_noticed_although_its_children_live_on(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker()
    job = start(["leave a grandchild", 20], ["die", 1])

    assert over(job, within_s=10) == ["completed"]
    assert effects("started", job) == 2


@pytest.mark.long
def test_a_task_that_holds_the_interpreter_costs_its_process_and_only_itself(own_fleet):
    own_fleet.scheduler()
    own_fleet.worker(threads=4)
    innocents = [start(["sleep", 4]) for _ in range(2)]
    for job in innocents:
        happened("started", job)
    culprit = start(["hold the GIL", 20], pipeline="test.short")
    happened("started", culprit, times=2, within_s=15)

    charged = dict(db.rows("SELECT job_id, crashes FROM task"))

    assert charged[culprit] == 1
    assert {charged[job] for job in innocents} == {0}
    assert over(culprit, *innocents, within_s=60) == ["failed", "completed", "completed"]
    assert column(culprit, "error")["code"] == "worker_lost"
    assert ends(*innocents) == {1}


@pytest.mark.long
def test_processes_that_lose_their_keeper_end_and_their_work_goes_on(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker(processes=1)
    orphans = own_fleet.children(keeper)
    jobs = [start(["sleep", 6]) for _ in range(4)]
    for job in jobs:
        happened("started", job)
    other = own_fleet.worker(processes=1)

    keeper.kill_alone()

    eventually(lambda: not any(one.is_running() for one in orphans), within_s=15)
    assert over(*jobs, within_s=30) == ["completed"] * 4
    assert ends(*jobs) == {1}
    assert other.is_running()
    ended_once(*jobs)
    no_leftovers()


def test_a_machine_that_is_gone_gives_its_work_up_when_the_lease_ends(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker()
    jobs = [start(["sleep", 1.5]) for _ in range(4)]
    for job in jobs:
        happened("started", job)
    own_fleet.worker()

    machine = [keeper.pid, *(one.pid for one in own_fleet.children(keeper))]
    note_the_kill()
    for pid in machine:
        _send(pid, signal.SIGKILL)

    assert over(*jobs) == ["completed"] * 4
    assert longest_gap(*jobs) < 2 + 2.5
    assert ends(*jobs) == {1}
    no_leftovers()


def test_a_machine_that_slept_past_its_lease_writes_nothing_late(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker(threads=5)
    sleepers = [keeper.pid, *(one.pid for one in own_fleet.children(keeper))]
    jobs = [start(["sleep deaf", 3]) for _ in range(4)]
    parts = start_parts({"do": [["sleep deaf", 3]]})
    for job in (*jobs, parts):
        happened("started", job)
    for pid in sleepers:
        _send(pid, signal.SIGSTOP)
    own_fleet.worker(threads=5)
    assert over(*jobs, parts, within_s=40) == ["completed"] * 5
    assert effects("started") == 10
    finished = db.rows("SELECT id, version, finished_at FROM job ORDER BY id")

    for pid in reversed(sleepers):
        _send(pid, signal.SIGCONT)
    own_fleet.wait_working(keeper, 2)  # it was told that its lease is gone and begins anew

    assert db.rows("SELECT id, version, finished_at FROM job ORDER BY id") == finished
    assert ends(*jobs) == {1}
    assert effects("joined", parts) == 1
    ended_once(*jobs, parts)
    no_leftovers()


def test_a_killed_scheduler_stops_nothing_that_runs_and_its_successor_goes_on(own_fleet):
    scheduler = own_fleet.scheduler()
    own_fleet.worker(threads=2)
    jobs = [start(["sleep", 0.05]) for _ in range(60)]
    happened("ended", jobs[0])

    scheduler.kill()
    job = start(["sleep", 0.01])
    eventually(lambda: count("task WHERE state IN ('sent', 'running')") == 0)
    scheduler.start()

    assert over(*jobs, job) == ["completed"] * 61
    assert ends(*jobs, job) == {1}
    ended_once(*jobs, job)


def test_two_schedulers_do_everything_once(own_fleet):
    own_fleet.scheduler()
    own_fleet.scheduler()
    own_fleet.worker(processes=2)
    jobs = [start(["break", 1], key=f"k{number % 7}") for number in range(120)]

    assert over(*jobs) == ["completed"] * 120
    assert ends(*jobs) == {1}
    ended_once(*jobs)
    no_leftovers()


def _send(pid: int, number: int) -> None:
    os.kill(pid, number)
