"""The lean Redis connection: shared writes, replies in order, outages and time-outs."""

from __future__ import annotations

import asyncio
import time

import hiredis
import pytest

from store.kit.redis_pipe import Pipe
from store.kit.settings import settings


def run(work):
    async def whole():
        pipe = Pipe()
        try:
            return await work(pipe)
        finally:
            pipe.close()

    return asyncio.run(whole())


def test_calls_of_one_moment_are_answered_each_with_its_own_reply(empty_store):
    async def work(pipe):
        return await asyncio.gather(*(pipe.call("ECHO", str(number)) for number in range(200)))

    assert run(work) == [str(number).encode() for number in range(200)]


def test_an_error_reply_is_raised_to_its_caller_only(empty_store):
    async def work(pipe):
        return await asyncio.gather(
            pipe.call("ECHO", "a"), pipe.call("NOPE"), pipe.call("ECHO", "b"), return_exceptions=True
        )

    first, error, last = run(work)
    assert (first, last) == (b"a", b"b")
    assert isinstance(error, hiredis.ReplyError)


def test_a_lost_connection_is_opened_again(empty_store):
    async def work(pipe):
        await pipe.call("ECHO", "a")
        pipe.close()
        return await pipe.call("ECHO", "b")

    assert run(work) == b"b"


def test_a_caller_that_goes_away_does_not_take_another_s_reply(empty_store):
    async def work(pipe):
        await pipe.call("ECHO", "warm")
        gone = asyncio.ensure_future(pipe.call("ECHO", "gone"))
        stays = asyncio.ensure_future(pipe.call("ECHO", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert run(work) == b"stays"


def test_no_server_fails_at_once_and_then_without_trying(services, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()

    async def work(pipe):
        for _ in range(2):
            with pytest.raises(OSError):
                await pipe.call("PING")

    run(work)
    monkeypatch.undo()
    settings.cache_clear()


def test_a_server_that_says_nothing_is_given_up(services, monkeypatch):
    async def work(pipe):
        silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port}/0")
        monkeypatch.setenv("MILLRACE_REDIS__TIMEOUT_SECONDS", "0.1")
        settings.cache_clear()
        started = time.monotonic()
        with pytest.raises(OSError):
            await pipe.call("PING")
        silent.close()
        return time.monotonic() - started

    assert run(work) < 2
    monkeypatch.undo()
    settings.cache_clear()
