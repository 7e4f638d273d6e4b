"""The figures of jobs: those of this moment, before, while and after the log is added up, whoever dies meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg2
import pytest

from pipelines.engine import control
from store.jobs import control as store_control
from store.jobs import rollup
from store.jobs.rollup import ALL, WHOLE
from store.kit import db
from store.kit.clock import utc_now
from store.kit.settings import settings
from tests.engine.seen import OTHER, WORKSPACE, happened, over, rows, start, start_parts
from tests.kit.eventually import eventually
from tests.kit.settled import settled

SPLIT, WORK, JOIN = range(3)


def figures(workspace=WORKSPACE):
    return {(one.pipeline, one.stage): one for one in rollup.figures(workspace)}


def told(workspace=WORKSPACE):
    """(open, completed, failed, cancelled) wherever there is anything to tell."""
    found = {place: (one.open, one.completed, one.failed, one.cancelled) for place, one in figures(workspace).items()}
    return {place: numbers for place, numbers in found.items() if any(numbers)}


def scanned(workspace=WORKSPACE):
    """The same for whole jobs, counted in the table."""
    where, values = ("workspace_id = %s", (workspace,)) if workspace != ALL else ("true", ())
    found = Counter(rows(f"SELECT pipeline, state FROM job WHERE public AND {where}", values))
    return {
        (pipeline, WHOLE): (
            found[pipeline, "queued"] + found[pipeline, "running"],
            *(found[pipeline, state] for state in ("completed", "failed", "cancelled")),
        )
        for pipeline, _ in found
    }


def wholes(workspace=WORKSPACE):
    return {place: numbers for place, numbers in told(workspace).items() if place[1] == WHOLE}


def right(workspace=WORKSPACE):
    """Whether figures and table say the same at one and the same moment."""
    with db.transaction():
        rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return wholes(workspace) == scanned(workspace)


def roll(limit=rollup.LINES):
    with db.plain_cursor() as cursor:
        return rollup.roll(cursor, limit=limit)


def is_behind():
    with db.plain_cursor() as cursor:
        return rollup.has_more(cursor)


def test_figures_are_the_same_before_while_and_after_the_log_is_added_up(empty_engine):
    jobs = [start(pipeline="test.chain") for _ in range(4)]
    start(pipeline="test.silent")
    start(pipeline="test.act", workspace_id=OTHER)
    control.cancel(WORKSPACE, jobs[0])
    control.cancel(WORKSPACE, jobs[1])
    control.retry(WORKSPACE, jobs[1])
    rows("UPDATE task SET expires_at = now() - interval '1 second' WHERE job_id = %s RETURNING 1", (jobs[2],))
    with db.plain_cursor() as cursor:
        assert store_control.expire(cursor) == 1

    before = told()
    settled()
    rolled = [roll(3), told(), roll(), told(), roll(), told()]

    assert before == {
        ("test.chain", WHOLE): (2, 0, 1, 1),
        ("test.chain", 0): (2, 0, 1, 1),
    }
    assert rolled == [3, before, 6, before, 0, before]
    assert told(OTHER) == {("test.act", WHOLE): (1, 0, 0, 0), ("test.act", 0): (1, 0, 0, 0)}
    assert told(ALL) == {**told(), **told(OTHER)}
    assert right(ALL)


def test_a_line_that_is_committed_late_is_added_up_all_the_same(empty_engine):
    late = psycopg2.connect(settings().database.url)
    with late.cursor() as cursor:
        cursor.execute(
            "INSERT INTO event (workspace_id, job_id, type, data)"
            """ VALUES (%s, 'job_late', 'job.created', '{"pipeline": "test.act"}')""",
            (WORKSPACE,),
        )
    start()

    assert (roll(), told()) == (0, {("test.act", WHOLE): (1, 0, 0, 0), ("test.act", 0): (1, 0, 0, 0)})
    late.commit()
    late.close()
    assert told()["test.act", WHOLE] == (2, 0, 0, 0)
    settled()
    assert (roll(), told()["test.act", WHOLE]) == (2, (2, 0, 0, 0))


def test_one_rolls_at_a_time_and_the_others_pass_by(empty_engine):
    start()
    other = psycopg2.connect(settings().database.url)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM job_rollup_place FOR UPDATE")

    assert roll() is None
    other.rollback()
    settled()
    assert roll() == 1
    other.close()


def test_what_waits_for_its_time_is_delayed_and_what_waits_for_its_turn_is_not(empty_engine):
    start(run_at=utc_now() + timedelta(hours=1))
    start()
    start(run_at=utc_now() + timedelta(hours=1), workspace_id=OTHER)

    assert [(one.open, one.active, one.delayed) for one in (figures()["test.act", 0],)] == [(2, 0, 1)]
    assert figures(ALL)["test.act", 0].delayed == 2


@pytest.mark.usefixtures("fleet")
def test_every_end_of_a_job_counts_once_and_seconds_are_those_of_the_completed():
    done = [start(["sleep", 0.1], pipeline="test.chain") for _ in range(3)]
    failed = start(["refuse", "no"], pipeline="test.chain")
    empty = start_parts(pipeline="test.fan_two")
    over(*done, failed, empty)
    running = start(["sleep", 30], pipeline="test.cpu")
    happened("started", running)

    found = figures()
    assert (found["test.chain", WHOLE].completed, found["test.chain", WHOLE].failed) == (3, 1)
    assert [found["test.chain", stage].completed for stage in range(3)] == [3, 3, 3]
    assert found["test.chain", 0].failed == 1
    assert 0.9 <= found["test.chain", WHOLE].seconds <= 30
    assert ("test.fan_two", WORK) not in told()
    assert (found["test.fan_two", SPLIT].completed, found["test.fan_two", JOIN].open) == (1, 0)
    assert (found["test.cpu", 0].open, found["test.cpu", 0].active) == (1, 1)

    control.retry(WORKSPACE, failed)
    over(failed)
    control.cancel(WORKSPACE, running)
    assert (figures()["test.chain", WHOLE].failed, figures()["test.chain", 0].open) == (1, 0)
    assert told()["test.cpu", WHOLE] == (0, 0, 0, 1)
    assert right()


def test_figures_outlive_the_death_of_whoever_adds_them_up(fleet):
    jobs = []
    for _ in range(3):
        scheduler = fleet.scheduler()
        jobs += [start(pipeline="test.chain") for _ in range(20)]
        scheduler.kill()
        assert right()
    over(*jobs)

    assert right(ALL)
    eventually(lambda: not is_behind(), within_s=10)
    assert right(ALL)
