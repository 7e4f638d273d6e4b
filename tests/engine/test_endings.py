"""Waiting for a job's end: told at once when Redis names it, within about a second when it does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.engine import control
from store.jobs.endings import Endings
from store.jobs.wake import endings_channel
from store.kit import redis
from store.kit.errors import NotFound
from tests.engine.seen import OTHER, WORKSPACE, start
from tests.kit.eventually import eventually


def with_endings(scene: Callable[[Endings], Awaitable[None]]) -> None:
    """Run a scene with a waiter's part of an API process, in an event loop of its own."""

    async def play() -> None:
        with ThreadPoolExecutor(4) as executor:
            endings = Endings(executor)
            await endings.start()
            try:
                await asyncio.to_thread(eventually, lambda: redis.client().pubsub_numsub(endings_channel())[0][1] == 1)
                async with asyncio.timeout(30):
                    await scene(endings)
            finally:
                await endings.stop()

    asyncio.run(play())


def test_everyone_who_waits_is_told_at_once_and_only_of_what_ended(empty_engine, monkeypatch):
    monkeypatch.setattr("store.jobs.endings.LOOK_SECONDS", 60)
    job, other = start(("return", 1)), start(("return", 2))

    async def scene(endings: Endings) -> None:
        waiting = [asyncio.create_task(endings.of(WORKSPACE, job, seconds=20)) for _ in range(3)]
        beside = asyncio.create_task(endings.of(WORKSPACE, other, seconds=20))
        await asyncio.to_thread(eventually, lambda: endings.waiting() == 4)
        ended_at = time.monotonic()
        await asyncio.to_thread(control.cancel, WORKSPACE, job)
        assert [one.state for one in await asyncio.gather(*waiting)] == ["cancelled"] * 3
        assert time.monotonic() - ended_at < 5
        assert not beside.done()
        assert endings.waiting() == 1
        beside.cancel()

    with_endings(scene)


def test_an_end_that_nobody_named_is_found_within_about_a_second(empty_engine, monkeypatch):
    monkeypatch.setattr("store.jobs.wake.Pusher.push", lambda *_, **__: False)
    job = start(("return", 1))

    async def scene(endings: Endings) -> None:
        waiting = asyncio.create_task(endings.of(WORKSPACE, job, seconds=20))
        await asyncio.to_thread(eventually, lambda: endings.waiting() == 1)
        ended_at = time.monotonic()
        await asyncio.to_thread(control.cancel, WORKSPACE, job)
        assert (await waiting).id == job
        assert time.monotonic() - ended_at < 5
        assert (await endings.of(WORKSPACE, job, seconds=20)).id == job, "it had ended before anyone waited"

    with_endings(scene)


def test_whoever_waits_too_short_or_for_another_s_job_gets_nothing_of_it(empty_engine, monkeypatch):
    job = start(("return", 1))

    async def scene(endings: Endings) -> None:
        assert await endings.of(WORKSPACE, job, seconds=0.2) is None
        with pytest.raises(NotFound):
            await endings.of(OTHER, job, seconds=20)
        monkeypatch.setattr("store.jobs.endings.FIRST_LOOK_SECONDS", 60)
        stranger = asyncio.create_task(endings.of(OTHER, job, seconds=20))
        await asyncio.to_thread(eventually, lambda: endings.waiting() == 1)
        await asyncio.to_thread(control.cancel, WORKSPACE, job)
        assert await stranger is None
        last = asyncio.create_task(endings.of(WORKSPACE, start(("return", 2)), seconds=20))
        await asyncio.to_thread(eventually, lambda: endings.waiting() == 1)
        await endings.stop()
        assert await last is None, "the process stops"

    with_endings(scene)
