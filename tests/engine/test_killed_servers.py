"""Postgres and Valkey are killed and emptied in the middle of work: nothing is lost, nothing counts twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis as redis_server

from pipelines.engine import control
from store.kit.errors import Unavailable
from store.kit.settings import settings
from tests.engine.seen import (
    WORKSPACE,
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
    tasks,
)
from tests.kit.eventually import eventually
from tests.kit.fleet import Fleet, fleet_on


@pytest.fixture(scope="module")
def ours(own_servers) -> Iterator[tuple]:
    """(fleet, Postgres, Valkey) of this module: two worker processes and a scheduler."""
    servers, services = own_servers
    with fleet_on(services, {"MILLRACE_REDIS__TIMEOUT_SECONDS": "0.5"}) as fleet:
        fleet.scheduler()
        fleet.worker(processes=2)
        yield fleet, servers.postgres, servers.valkey


@pytest.fixture
def fleet(ours) -> Fleet:
    return ours[0]


@pytest.fixture
def postgres(ours) -> Iterator:
    yield ours[1]
    assert rows("SELECT 1") == [(1,)]


@pytest.fixture
def valkey(ours):
    return ours[2]


def many(number: int = 150) -> list[str]:
    """Plain, keyed, failing-once and split jobs."""
    found = []
    for each in range(number // 3):
        found.append(start(["sleep", 0.02]))
        found.append(start(["break", 1], key=f"key {each % 5}", limit=2))
        found.append(start_parts({"name": "a"}, {"name": "b", "key": "shared"}))
    return found


def once(jobs: list[str]) -> None:
    """All completed; every stage and end told once."""
    assert set(over(*jobs, within_s=60)) == {"completed"}
    ended_once(*jobs)
    twice = rows(
        "SELECT job_id FROM event WHERE type LIKE 'stage.%%' GROUP BY job_id, data->>'stage' HAVING count(*) > 1"
    )
    assert twice == []
    no_leftovers()


def during(jobs: list[str], what: Callable[[], None]) -> None:
    """Do it when a part of the work is done."""
    eventually(lambda: count("job WHERE id = ANY (%s) AND state = 'completed'", jobs) >= 10, within_s=20)
    what()


def test_a_restart_of_valkey_in_the_middle_of_work_loses_nothing(valkey, fleet):
    jobs = many()

    during(jobs, valkey.kill)
    valkey.start()

    once(jobs)


def test_an_emptied_valkey_loses_nothing(valkey, fleet):
    jobs = many()

    def empty() -> None:
        redis_server.Redis.from_url(settings().redis.url).flushall()

    during(jobs, empty)

    once(jobs)


def test_valkey_emptied_while_everything_waits_in_it_costs_a_moment(valkey, fleet):
    control.pause("cpu", by="test")
    jobs = [start(pipeline="test.cpu") for _ in range(5)]
    control.resume("cpu")
    redis_server.Redis.from_url(settings().redis.url).flushall()

    assert over(*jobs, within_s=6) == ["completed"] * 5
    ended_once(*jobs)


def test_without_valkey_jobs_are_accepted_running_ones_end_and_all_start_when_it_is_back(valkey, fleet):
    running = start(["sleep", 1])
    happened("started", running)
    valkey.kill()

    accepted = [start() for _ in range(3)]

    assert over(running) == ["completed"]
    assert events(accepted[0]) == ["job.created"]
    valkey.start()
    assert over(*accepted, within_s=10) == ["completed"] * 3
    ended_once(running, *accepted)


def test_without_valkey_a_running_job_is_cancelled_within_two_seconds(valkey, fleet):
    job = start(["sleep", 30])
    happened("started", job)
    valkey.kill()

    control.cancel(WORKSPACE, job)

    eventually(lambda: not tasks(), within_s=2.5)
    valkey.start()
    assert effects("ended", job) == 0
    ended_once(job)


def test_postgres_killed_in_the_middle_of_work_loses_nothing_and_counts_nothing_twice(postgres, fleet):
    jobs = many()

    during(jobs, postgres.kill)
    postgres.start()

    once(jobs)


def test_without_postgres_a_submit_is_refused_and_nothing_is_written(postgres, fleet):
    before = count("job")
    postgres.kill()

    with pytest.raises(Unavailable) as refused:
        start(name="refused")
    assert refused.value.retry_after.total_seconds() >= 1

    postgres.start()
    eventually(lambda: count("job") == before, within_s=20)
    assert over(start(), within_s=20) == ["completed"]


@pytest.mark.long
def test_a_postgres_that_is_away_longer_than_a_lease_takes_no_work_from_the_living(postgres, fleet):
    jobs = [start(["sleep", 9]) for _ in range(6)]
    for job in jobs:
        happened("started", job)
    postgres.kill()
    killed_at = time.monotonic()
    eventually(lambda: time.monotonic() - killed_at > 3, what="the end of every lease (2 s)")
    postgres.start()

    assert set(over(*jobs, within_s=30)) == {"completed"}
    assert {effects("started", job) for job in jobs} == {1}
    ended_once(*jobs)


def test_submits_that_were_answered_before_the_crash_are_all_there_after_it(postgres, fleet):
    accepted: list[str] = []
    refused = threading.Event()

    def keep_submitting() -> None:
        while not refused.is_set():
            try:
                accepted.append(start(["sleep", 0.01]))
            except Unavailable:
                refused.set()

    submitting = threading.Thread(target=keep_submitting)
    submitting.start()
    eventually(lambda: len(accepted) >= 50)
    postgres.kill()
    submitting.join(20)
    assert refused.is_set()
    postgres.start()

    once(accepted)
