"""Messages that come twice, late or not at all: they change when something happens, never what."""

from __future__ import annotations

import pytest

from pipelines import catalog
from pipelines.engine.reconciler import Reconciler
from store.jobs import claim as claims
from store.jobs import finish, leases
from store.jobs.wake import lane_key
from store.kit import db, redis
from tests.engine.seen import rows, start, state_of

WORKER = "wrk_00000000000000000000000001"


@pytest.fixture
def sessions():
    """(claim, finish) connections, and one worker of four threads that is known."""
    with db.plain_cursor() as cursor:
        leases.register(cursor, WORKER, host="here", pid=1, lanes=["quick"], threads=4)
    pair = db.Session(claims.STATEMENTS), db.Session(finish.STATEMENTS)
    yield pair
    for session in pair:
        session.close()


def sent() -> list[int]:
    return [task_id for (task_id,) in rows("SELECT id FROM task WHERE state = 'sent' ORDER BY id")]


def test_a_process_of_an_older_version_leaves_a_pipeline_it_does_not_know_to_others(empty_engine, sessions):
    start()
    known_then = [name for name in catalog.pipelines() if name != "test.act"]

    assert claims.claim(sessions[0].cursor(), sent(), worker_id=WORKER, pipelines=known_then) == []

    (mine,) = claims.claim(sessions[0].cursor(), sent(), worker_id=WORKER, pipelines=catalog.pipelines())
    assert mine.attempt == 1


def test_a_message_that_was_popped_and_lost_comes_back(empty_engine, sessions):
    start()
    assert len(sent()) == 1
    redis.client().flushdb()
    reconciler = Reconciler()
    reconciler.round()  # a first look at Redis, whose loss alone would send everything again
    db.rows("UPDATE task SET state = 'sent'")

    reconciler.round()
    assert len(sent()) == 1, "a message is not lost as long as it may be on its way"
    db.rows("UPDATE task SET sent_at = now() - interval '2 seconds'")
    reconciler.round()

    assert rows("SELECT state FROM task") == [("ready",)]


def test_a_message_that_was_lost_on_a_busy_lane_comes_back_while_others_are_still_queued(empty_engine, sessions):
    lost, *_ = [start() for _ in range(5)]
    ids = sent()
    reconciler = Reconciler()
    reconciler.round()
    db.rows("UPDATE task SET state = 'sent'")
    redis.client().delete(lane_key("quick"))
    redis.client().rpush(lane_key("quick"), *ids[1:])
    db.rows("UPDATE task SET sent_at = now() - interval '10 seconds' WHERE job_id = %s", (lost,))

    reconciler.round()

    assert rows("SELECT job_id FROM task WHERE state = 'ready'") == [(lost,)]


def test_an_emptied_redis_is_noticed_and_everything_sent_is_sent_again(empty_engine, sessions):
    reconciler = Reconciler()
    reconciler.round()
    for _ in range(5):
        start()
    assert len(sent()) == 5

    redis.client().flushdb()
    reconciler.round()

    assert sent() == []
    assert rows("SELECT DISTINCT state FROM task") == [("ready",)]


def test_two_workers_with_the_same_message_get_one_claim(empty_engine, sessions):
    start()
    session, _ = sessions
    other = db.Session(claims.STATEMENTS)

    first = claims.claim(session.cursor(), sent() * 3, worker_id=WORKER, pipelines=catalog.pipelines())
    second = claims.claim(other.cursor(), [first[0].task_id], worker_id=WORKER, pipelines=catalog.pipelines())
    other.close()

    assert (len(first), second) == (1, [])


def test_a_worker_that_nobody_knows_gets_nothing(empty_engine, sessions):
    start()

    assert (
        claims.claim(
            sessions[0].cursor(), sent(), worker_id="wrk_00000000000000000000000009", pipelines=catalog.pipelines()
        )
        == []
    )


def test_a_finish_that_comes_after_the_release_counts_for_nothing(empty_engine, sessions):
    job = start()
    (mine,) = claims.claim(sessions[0].cursor(), sent(), worker_id=WORKER, pipelines=catalog.pipelines())
    with db.plain_cursor() as cursor:
        leases.release(cursor, WORKER)

    cursor = sessions[1].cursor()
    taken = finish.take(cursor, [finish.Ended(mine.task_id, mine.token, job)])
    finish.put(cursor, jobs=[], tasks=[], parts=[], events=[])

    assert taken == []
    assert rows("SELECT state, crashes, attempt FROM task") == [("ready", 1, 0)]
    assert state_of(job) == "queued"


def test_two_finishers_with_the_same_token_count_once(empty_engine, sessions):
    job = start()
    (mine,) = claims.claim(sessions[0].cursor(), sent(), worker_id=WORKER, pipelines=catalog.pipelines())
    ended = finish.Ended(mine.task_id, mine.token, job)
    found = []
    for _ in range(2):
        cursor = sessions[1].cursor()
        found.append(len(finish.take(cursor, [ended, ended])))
        finish.put(cursor, jobs=[], tasks=[], parts=[], events=[])

    assert found == [1, 0]


def test_no_two_claims_of_a_task_have_the_same_token(empty_engine, sessions):
    start()
    tokens = []
    for _ in range(3):
        (mine,) = claims.claim(sessions[0].cursor(), sent(), worker_id=WORKER, pipelines=catalog.pipelines())
        tokens.append(mine.token)
        db.rows("UPDATE task SET state = 'sent', token = NULL")

    assert len(set(tokens)) == 3
