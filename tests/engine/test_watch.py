"""The tailer: live lines to many listeners, each once and in order, with and without Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import psycopg2

from store.jobs import events, watch
from store.jobs.wake import events_channel
from store.kit import db, redis
from tests.engine.seen import OTHER, WORKSPACE
from tests.kit.eventually import eventually
from tests.kit.settled import settled

TELL = "INSERT INTO event (workspace_id, job_id, type, data) VALUES (%s, %s, %s, '{}')"
JOB = "job_00000000000000000000000001"


def tell(*names: str, workspace: str = WORKSPACE, job: str = JOB, ring: bool = True) -> None:
    for name in names:
        db.rows(TELL, (workspace, job, name))
    if ring:
        redis.client().publish(events_channel(), "1")


def with_tailer(scene: Callable[[watch.Tailer], Awaitable[None]]) -> None:
    """Run a scene with a tailer in an event loop of its own."""

    async def play() -> None:
        with ThreadPoolExecutor(4) as executor:
            tailer = watch.Tailer(executor)
            await tailer.start()
            try:
                async with asyncio.timeout(30):
                    await scene(tailer)
            finally:
                await tailer.stop()

    asyncio.run(play())


async def collect(tailer: watch.Tailer, number: int, **options) -> list[str]:
    """The first so many lines that a listener gets."""
    found: list[str] = []
    async with aclosing(tailer.follow(WORKSPACE, **options)) as lines:
        async for event in lines:
            if event is not None:
                found.append(event.type)
            if len(found) >= number:
                break
    return found


async def listening(tailer: watch.Tailer, number: int) -> None:
    """Until so many listen."""
    await asyncio.to_thread(eventually, lambda: tailer.listeners() >= number and tailer._cursor is not None)


def test_two_hundred_listeners_get_every_line_once_and_in_order(empty_engine):
    names = [f"line {number:02}" for number in range(30)]
    tell("old line")

    async def scene(tailer: watch.Tailer) -> None:
        crowd = [
            asyncio.create_task(collect(tailer, 31, **({"job_id": JOB} if number % 2 else {}))) for number in range(200)
        ]
        await listening(tailer, 200)
        for at in range(0, 30, 3):
            await asyncio.to_thread(tell, *names[at : at + 3])
        for found in await asyncio.gather(*crowd):
            assert found == ["old line", *names]
        assert tailer.listeners() == 0

    with_tailer(scene)


def test_a_line_reaches_its_listeners_at_once_when_redis_rings(empty_engine):
    async def scene(tailer: watch.Tailer) -> None:
        one = asyncio.create_task(collect(tailer, 1, job_id=JOB))
        await listening(tailer, 1)
        await asyncio.to_thread(eventually, lambda: redis.client().pubsub_numsub(events_channel())[0][1] == 1)
        began = time.monotonic()
        await asyncio.to_thread(tell, "now")
        assert await one == ["now"]
        assert time.monotonic() - began < 0.5

    with_tailer(scene)


def test_without_redis_a_line_comes_within_about_a_second(empty_engine, monkeypatch):
    def away():
        raise ConnectionError("no Redis here")

    monkeypatch.setattr(redis, "connect_async", away)

    async def scene(tailer: watch.Tailer) -> None:
        one = asyncio.create_task(collect(tailer, 2, job_id=JOB))
        await listening(tailer, 1)
        began = time.monotonic()
        tell("a", "b", ring=False)
        assert await one == ["a", "b"]
        assert time.monotonic() - began < 1.6

    with_tailer(scene)


def test_listeners_hear_nothing_of_other_workspaces_and_jobs(empty_engine):
    async def scene(tailer: watch.Tailer) -> None:
        one = asyncio.create_task(collect(tailer, 1, job_id=JOB))
        all_of_mine = asyncio.create_task(collect(tailer, 2))
        await listening(tailer, 2)
        await asyncio.to_thread(tell, "theirs", workspace=OTHER)
        await asyncio.to_thread(tell, "another job's", job="job_00000000000000000000000002")
        await asyncio.to_thread(tell, "mine")
        assert await one == ["mine"]
        assert await all_of_mine == ["another job's", "mine"]

    with_tailer(scene)


def test_a_late_committer_is_heard_before_what_came_after_it(empty_engine):
    late = psycopg2.connect(empty_engine.database_url)
    late.cursor().execute(TELL, (WORKSPACE, JOB, "late"))

    async def scene(tailer: watch.Tailer) -> None:
        one = asyncio.create_task(collect(tailer, 2))
        await listening(tailer, 1)
        await asyncio.to_thread(tell, "prompt")
        assert await asyncio.to_thread(events.of_workspace, WORKSPACE, after=events.START, limit=9) == []
        assert not one.done()
        late.commit()
        assert await one == ["late", "prompt"]

    with_tailer(scene)
    late.close()


def test_a_listener_resumes_after_its_last_line(empty_engine):
    tell("one", "two", "three")
    settled()
    found = events.of_workspace(WORKSPACE, after=events.START, limit=3)

    async def scene(tailer: watch.Tailer) -> None:
        assert await collect(tailer, 2, after=events.parse_cursor(found[0].cursor)) == ["two", "three"]

    with_tailer(scene)


def test_a_listener_who_falls_behind_is_let_go_without_a_gap_and_holds_nobody_up(empty_engine):
    async def scene(tailer: watch.Tailer) -> None:
        slow = tailer.follow(WORKSPACE)
        first = asyncio.create_task(anext(slow))
        await listening(tailer, 1)
        await asyncio.to_thread(tell, "first")
        assert (await first).type == "first"
        (listener,) = tailer._workspaces[WORKSPACE]
        listener.queue = asyncio.Queue(5)
        quick = asyncio.create_task(collect(tailer, 31))
        await listening(tailer, 2)
        for number in range(30):
            await asyncio.to_thread(tell, f"line {number}")
        assert len(await quick) == 31
        last = await first
        rest = []
        async for event in slow:
            rest.append(event.type)
            last = event
        found = rest + await collect(tailer, 30 - len(rest), after=(last.xid, last.id))
        assert found == [f"line {number}" for number in range(30)]
        assert len(rest) < 30

    with_tailer(scene)


def test_a_line_that_comes_while_a_listener_is_joining_is_not_missed(empty_engine):
    """Lines are written without pause while listeners come and go; each must see an unbroken run of them."""

    async def scene(tailer: watch.Tailer) -> None:
        steady = asyncio.create_task(collect(tailer, 400))
        await listening(tailer, 1)

        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[int] = asyncio.Queue()

        def write() -> None:
            for number in range(400):
                tell(f"{number:03}")
                if number % 16 == 0:
                    loop.call_soon_threadsafe(steps.put_nowait, number)

        writing = asyncio.create_task(asyncio.to_thread(write))
        crowd = []
        for _ in range(25):
            await steps.get()
            crowd.append(asyncio.create_task(collect(tailer, 400)))
        await writing
        whole = [f"{number:03}" for number in range(400)]
        assert await steady == whole
        for found in await asyncio.gather(*crowd):
            assert found == whole

    with_tailer(scene)


def test_a_look_under_way_does_not_carry_a_joining_listener_past_a_line(empty_engine, monkeypatch):
    """The look was asked for before the listener came and reads after it has replayed: the line between is its own."""
    real = events.watched

    async def scene(tailer: watch.Tailer) -> None:
        loop = asyncio.get_running_loop()
        entered, go_on = asyncio.Event(), asyncio.Event()

        def slow(*args, **options):
            loop.call_soon_threadsafe(entered.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(5)
            return real(*args, **options)

        other = asyncio.create_task(collect(tailer, 1, job_id="job_00000000000000000000000009"))
        await listening(tailer, 1)
        monkeypatch.setattr(events, "watched", slow)
        tailer._hint.set()
        await entered.wait()
        mine = asyncio.create_task(collect(tailer, 1, job_id=JOB))
        await asyncio.wait([mine], timeout=0.3)  # time to replay, if it did not wait for the look
        tell("between", ring=False)
        monkeypatch.setattr(events, "watched", real)
        go_on.set()
        assert await asyncio.wait_for(mine, 5) == ["between"]
        other.cancel()

    with_tailer(scene)
