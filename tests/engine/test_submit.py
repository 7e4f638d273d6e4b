"""Accepting jobs: idempotency in one process and over two, batches, bounds, and Redis away."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec import Raw, structs

from pipelines.engine.submit import Submission, submit, submit_in_transaction, submit_many
from store.jobs.records import Accepted
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import InvalidInput, NotFound, PayloadTooLarge, QuotaExceeded, Unprocessable
from store.kit.settings import ROOT, settings
from tests.engine.seen import OTHER, WORKSPACE, count, rows

ECHO = Submission(workspace_id=WORKSPACE, pipeline="diagnostics.echo", input={"value": 1})


def keyed(key: str, **changes) -> Submission:
    return structs.replace(ECHO, idempotency_key=key, **changes)


def together(*submissions: Submission) -> list:
    return asyncio.run(submit_many(submissions))


def test_the_same_key_and_body_answer_the_same_job(empty_engine):
    first, second = submit(keyed("k")), submit(keyed("k"))

    assert (first.replayed, second.replayed) == (False, True)
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert count("job") == count("task") == count("event") == 1


def test_the_same_key_and_another_body_is_refused_and_writes_nothing(empty_engine):
    submit(keyed("k"))

    for other in ({"input": {"value": 2}}, {"pipeline": "diagnostics.fan_out"}, {"priority": 3}):
        with pytest.raises(Unprocessable) as refused:
            submit(keyed("k", **other))
        assert refused.value.code == "idempotency_key_reused"
    assert count("job") == 1


def test_a_key_is_each_workspaces_own_and_is_forgotten_after_a_day(empty_engine):
    mine, others = submit(keyed("k")), submit(keyed("k", workspace_id=OTHER))
    db.rows("UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE workspace_id = %s", (WORKSPACE,))
    again = submit(keyed("k", input={"value": 2}))

    assert len({mine.id, others.id, again.id}) == 3
    assert submit(keyed("k", input={"value": 2})).id == again.id


def test_fifty_submits_at_once_over_two_processes_make_one_job(empty_engine):
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from tests.engine.test_submit import keyed, submit\n"
        "import sys\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with ThreadPoolExecutor(25) as pool:\n"
        "    print(*{one.id for one in pool.map(lambda _: submit(keyed('crowd')), range(25))})\n"
    )
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=empty_engine.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for one in crowd:
        assert one.stdout.readline() == "ready\n"
    for one in crowd:
        one.stdin.write("go\n")
        one.stdin.flush()
    ids = {name for one in crowd for name in one.communicate(timeout=60)[0].split()}

    assert [one.returncode for one in crowd] == [0, 0]
    assert len(ids) == 1
    assert count("job") == count("event") == 1


def test_a_key_twice_in_one_batch_makes_one_job_and_another_body_beside_it_is_refused(empty_engine):
    first, second, third = together(keyed("k"), keyed("k"), keyed("k", input={"value": 2}))

    assert (first.id, second.replayed) == (second.id, True)
    assert isinstance(third, Unprocessable)
    assert count("job") == 1


def test_one_bad_item_of_a_batch_fails_alone(empty_engine):
    good = [keyed(f"good {number}") for number in range(20)]
    bad = [
        structs.replace(ECHO, pipeline="nobody.knows"),
        structs.replace(ECHO, input={"value": 1, "odd": True}),
        structs.replace(ECHO, input={"value": "a\0b"}),
        structs.replace(ECHO, priority=11),
        structs.replace(ECHO, input=Raw(b'{"value": ')),
    ]

    answers = together(*good[:10], *bad, *good[10:])

    assert [type(answer) for answer in answers[10:15]] == [NotFound] + [InvalidInput] * 4
    assert all(isinstance(answer, Accepted) for answer in (*answers[:10], *answers[15:]))
    assert count("job") == 20


def test_a_value_that_only_the_database_refuses_fails_its_own_job(empty_engine):
    answers = together(ECHO, structs.replace(ECHO, created_by="a\0b"), ECHO)

    assert [isinstance(answer, Accepted) for answer in answers] == [True, False, True]
    assert isinstance(answers[1], InvalidInput)
    assert count("job") == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"input": {"value": "x" * 300_000}}, PayloadTooLarge),
        ({"idempotency_key": ""}, InvalidInput),
        ({"idempotency_key": "k" * 256}, InvalidInput),
        ({"idempotency_key": "a\nb"}, InvalidInput),
        ({"concurrency_key": "k" * 129}, InvalidInput),
        ({"concurrency_key": "\0"}, InvalidInput),
        ({"ttl_seconds": 0.5}, InvalidInput),
        ({"ttl_seconds": float("nan")}, InvalidInput),
        ({"run_at": utc_now() + timedelta(days=400)}, InvalidInput),
        ({"priority": -11}, InvalidInput),
        ({"input": Raw(b"[" * 100_000)}, InvalidInput),
        ({"input": Raw(b'{"value": 1e999}')}, InvalidInput),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(empty_engine, change, error):
    with pytest.raises(error):
        submit(structs.replace(ECHO, **change))

    assert count("job") == 0


def test_more_waiting_jobs_than_the_cap_are_refused_and_others_are_not(empty_engine, monkeypatch):
    monkeypatch.setenv("MILLRACE_ENGINE__MAX_WAITING", "25")
    settings.cache_clear()
    try:
        answers = together(*[ECHO] * 40)
        others = together(*[structs.replace(ECHO, workspace_id=OTHER)] * 5)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    refused = [answer for answer in answers if isinstance(answer, QuotaExceeded)]
    assert len(refused) == 15
    assert refused[0].retry_after >= timedelta(seconds=1)
    assert count("job WHERE workspace_id = %s", WORKSPACE) == 25
    assert all(isinstance(answer, Accepted) for answer in others)


def test_a_job_within_a_transaction_is_there_if_the_transaction_is(empty_engine):
    with pytest.raises(RuntimeError), db.transaction():
        submit_in_transaction(ECHO)
        raise RuntimeError("the caller changed its mind")
    assert count("job") == count("task") == count("event") == 0

    with db.transaction():
        accepted = submit_in_transaction(keyed("k"))
        assert submit_in_transaction(keyed("k")).id == accepted.id
    assert rows("SELECT id FROM job") == [(accepted.id,)]


def test_a_caller_who_goes_away_does_not_hold_up_the_others(empty_engine):
    async def crowd() -> list:
        from pipelines.engine.submit import submit_async

        tasks = [asyncio.create_task(submit_async(ECHO)) for _ in range(40)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(crowd())

    assert all(isinstance(answer, Accepted) for answer in answers[1::2])
    assert submit(ECHO).id


def test_submits_from_many_threads_each_get_their_own_job(empty_engine):
    with ThreadPoolExecutor(20) as pool:
        ids = {one.id for one in pool.map(lambda _: submit(ECHO), range(200))}

    assert len(ids) == count("job") == count("event WHERE type = 'job.created'") == 200
