"""Concurrency keys over two processes: never more than the limit at once, no slot lost, held tasks in order."""

from __future__ import annotations

import pytest

from pipelines.engine import control
from store.kit import db
from tests.engine.seen import (
    OTHER,
    WORKSPACE,
    column,
    count,
    effects,
    ended_once,
    happened,
    most_at_once,
    no_leftovers,
    over,
    rows,
    start,
    start_parts,
)
from tests.kit.eventually import eventually

FLEET_SETTINGS = {"MILLRACE_ENGINE__CRASH_BUDGET": "10"}


def of(*jobs: str) -> tuple[str, list[str]]:
    return "job_id = ANY (%s)", list(jobs)


def in_order_of_start(*jobs: str) -> list[str]:
    return [
        job
        for (job,) in rows(
            "SELECT job_id FROM engine_test.effect WHERE kind = 'started' AND job_id = ANY (%s) ORDER BY at",
            (list(jobs),),
        )
    ]


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_than_the_limit_run_at_once(fleet, limit):
    jobs = [start(["sleep", 0.05], key=f"limited {limit}", limit=limit) for _ in range(30)]

    assert set(over(*jobs)) == {"completed"}
    assert most_at_once(*of(*jobs)) == limit
    assert len({pid for (pid,) in rows("SELECT pid FROM engine_test.effect WHERE job_id = ANY (%s)", (jobs,))}) == 2
    ended_once(*jobs)
    no_leftovers()


def test_the_key_a_job_was_submitted_with_lets_one_run_at_a_time_per_workspace(fleet):
    mine = [start(["sleep", 0.1], concurrency_key="mine") for _ in range(6)]
    others = [start(["sleep", 0.1], concurrency_key="mine", workspace_id=OTHER) for _ in range(6)]

    assert set(over(*mine, *others)) == {"completed"}
    assert most_at_once(*of(*mine)) == most_at_once(*of(*others)) == 1
    assert most_at_once(*of(*mine, *others)) == 2


def test_parts_share_a_key_with_each_other_and_with_other_jobs(fleet):
    jobs = [start_parts(*({"key": "shared", "limit": 2, "do": [["sleep", 0.03]]} for _ in range(15))) for _ in range(3)]

    assert set(over(*jobs)) == {"completed"}
    assert most_at_once(*of(*jobs)) == 2
    no_leftovers()


def test_a_chain_keeps_its_key_from_step_to_step_and_gives_it_back(fleet):
    jobs = [start(["sleep", 0.02], pipeline="test.chain", key="chained") for _ in range(8)]

    assert set(over(*jobs)) == {"completed"}
    assert most_at_once(*of(*jobs)) == 1
    no_leftovers()


def test_held_tasks_go_on_in_the_order_they_came(fleet):
    first = start(["sleep", 1], key="line")
    happened("started", first)
    line = [start(["sleep", 0.02], key="line") for _ in range(10)]
    eventually(lambda: count("task WHERE state = 'held'") == 10)

    assert set(over(first, *line)) == {"completed"}
    assert in_order_of_start(*line) == line


def test_a_busy_key_holds_up_nobody_else(fleet):
    busy = start(["sleep", 2], key="busy")
    happened("started", busy)
    held = [start(key="busy") for _ in range(80)]
    free = start()

    assert over(free, within_s=1.5) == ["completed"]
    assert effects("started", held[0]) == 0
    assert set(over(busy, *held)) == {"completed"}


def test_no_slot_leaks_when_holders_fail_retry_are_cancelled_or_killed(fleet):
    keeper = fleet._processes[1]
    fails = [start(["refuse", "no"], key="leaky", limit=2) for _ in range(5)]
    retries = [start(["break", 2], key="leaky", limit=2) for _ in range(5)]
    waits = [start(["again", 3], key="leaky", limit=2) for _ in range(5)]
    cancelled = [start(["sleep", 0.3], key="leaky", limit=2) for _ in range(10)]
    dying = [start(["die", 1], key="leaky", limit=2) for _ in range(2)]
    sleeping = [start(["sleep", 0.1], key="leaky", limit=2) for _ in range(10)]
    happened("started", cancelled[0], within_s=20)
    for job in cancelled:
        control.cancel(WORKSPACE, job)
    happened("started", sleeping[0], within_s=20)
    fleet.children(keeper)[0].kill()

    assert set(over(*fails, within_s=30)) == {"failed"}
    assert set(over(*cancelled)) == {"cancelled"}
    assert set(over(*retries, *waits, *dying, *sleeping, within_s=40)) == {"completed"}
    # Those that were killed have no `ended`, so only what ran once can be told apart.
    ran_once = "job_id IN (SELECT job_id FROM engine_test.effect WHERE kind = 'started' GROUP BY 1 HAVING count(*) = 1)"
    assert most_at_once(f"{ran_once} AND job_id = ANY (%s)", sleeping) <= 2
    ended_once(*fails, *cancelled, *retries, *waits, *dying, *sleeping)
    no_leftovers()


def test_a_cancelled_holder_keeps_its_slot_until_it_has_really_stopped(fleet):
    holder = start(["sleep deaf", 1.5], key="stopping")
    happened("started", holder)
    following = start(key="stopping")
    control.cancel(WORKSPACE, holder)

    assert over(following) == ["completed"]
    (gap,) = rows(
        "SELECT extract(epoch FROM f.at - h.at) FROM engine_test.effect h, engine_test.effect f"
        " WHERE h.job_id = %s AND f.job_id = %s AND f.kind = 'started'",
        (holder, following),
    )[0]
    assert gap > 0.9
    assert effects("ended", holder) == 0
    no_leftovers()


def test_a_wrong_count_is_repaired_by_the_audit_and_the_held_go_on(fleet):
    from pipelines.engine.reconciler import Reconciler

    first = start(["sleep", 1], key="audited")
    happened("started", first)
    held = start(key="audited")
    eventually(lambda: count("task WHERE state = 'held'") == 1)
    db.rows("UPDATE slot SET used = 7 WHERE key = %s", (f"{WORKSPACE}:audited",))
    assert over(first) == ["completed"]
    assert column(held, "state") == "queued"

    reconciler = Reconciler()
    reconciler._audit_slots(reconciler._session.cursor())

    assert over(held) == ["completed"]
    no_leftovers()
