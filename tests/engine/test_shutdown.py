"""SIGTERM: unstarted work is others' at once, running work finishes within the grace, the rest is handed back."""

from __future__ import annotations

import time

import pytest

from store.kit import db
from tests.engine.seen import effects, ended_once, happened, no_leftovers, over, start
from tests.kit.eventually import eventually

FLEET_SETTINGS = {"MILLRACE_ENGINE__GRACE_SECONDS": "2", "MILLRACE_ENGINE__LEASE_SECONDS": "20"}


def open_tasks() -> list[tuple]:
    return db.rows("SELECT state, attempt, crashes FROM task")


def test_what_runs_finishes_and_nothing_new_begins(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker(threads=2)
    jobs = [start(["sleep", 1]) for _ in range(8)]
    happened("started", jobs[1])

    assert keeper.stop() == 0

    assert effects("ended") == effects("started") in (2, 3, 4)
    assert {(attempt, crashes) for _, attempt, crashes in open_tasks()} == {(0, 0)}
    assert not {state for state, _, _ in open_tasks()} & {"running", "stopping"}
    own_fleet.worker(threads=8)
    assert over(*jobs) == ["completed"] * 8
    assert effects("started") == effects("ended") == 8
    ended_once(*jobs)


def test_work_that_waits_is_taken_by_others_while_the_leaving_process_finishes(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker(threads=2)
    slow = [start(["sleep", 1.8]) for _ in range(2)]
    for job in slow:
        happened("started", job)
    own_fleet.worker(threads=2)
    keeper._process.terminate()
    quick = [start() for _ in range(20)]

    assert over(*quick, within_s=5) == ["completed"] * 20
    assert over(*slow) == ["completed"] * 2
    assert effects("started") == 22
    assert keeper._process.wait(10) == 0


@pytest.mark.long
def test_what_outlives_the_grace_is_handed_back_with_its_attempt_refunded(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker()
    job = start(["sleep", 30])
    happened("started", job)

    began = time.monotonic()
    assert keeper.stop() == 0

    assert 2 <= time.monotonic() - began < 6
    assert [(attempt, crashes) for _, attempt, crashes in open_tasks()] == [(0, 0)]
    assert effects("ended", job) == 0
    own_fleet.worker()
    happened("started", job, times=2)


@pytest.mark.long
def test_a_call_that_cannot_be_interrupted_does_not_keep_the_process(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker()
    job = start(["sleep deaf", 60])
    happened("started", job)

    began = time.monotonic()
    assert keeper.stop() == 0

    assert time.monotonic() - began < 15
    assert [(attempt, crashes) for _, attempt, crashes in open_tasks()] == [(0, 0)]


@pytest.mark.long
def test_a_process_that_hears_nothing_is_ended_by_its_keeper(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker()
    job = start(["hold the GIL", 60])
    happened("started", job)

    assert keeper.stop() == 0

    eventually(lambda: [(attempt, crashes) for _, attempt, crashes in open_tasks()] == [(0, 0)])


def test_two_signals_are_one(own_fleet):
    own_fleet.scheduler()
    keeper = own_fleet.worker()
    job = start(["sleep", 1])
    happened("started", job)

    keeper._process.terminate()
    keeper._process.terminate()

    assert keeper._process.wait(10) == 0
    assert over(job) == ["completed"]
    no_leftovers()
