"""A stream of this process: what it writes, when it ends."""

from __future__ import annotations

import asyncio

import falcon.testing
import pytest

from api.kit import identity, stream
from api.kit.request import Request
from store.accounts import sessions
from store.kit.settings import settings

HEARTBEAT = b": still here\n\n"


def request_with(token):
    scope = falcon.testing.create_scope(headers={"Authorization": f"Bearer {token}"})
    return Request(scope, None)


def told(request, frames):
    """What a stream of these frames writes until it ends."""

    async def whole():
        return [chunk async for chunk in stream.answer(request, frames).stream]

    return asyncio.run(whole())


async def frames_of(*found):
    for one in found:
        yield one


def test_an_event_is_one_block_of_lines_whatever_its_data_holds():
    frame = stream.frame("7-1", "job.failed", {"text": "a\nb\r\n\n: c"})

    assert frame.encoded == b'id: 7-1\nevent: job.failed\ndata: {"text":"a\\nb\\r\\n\\n: c"}\n\n'


@pytest.fixture
def beating(monkeypatch):
    """Every moment of silence is a heartbeat and a look at the caller."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.0)


def test_a_quiet_stream_sends_heartbeats_and_ends_with_the_last_event(empty_store, owner, beating):
    last = stream.frame("7-2", "job.completed", {}, last=True)
    written = told(request_with(owner.token), frames_of(None, last, stream.frame("7-3", "late", {})))

    assert written == [b"retry: 2000\n\n", HEARTBEAT, last.encoded]


def test_heartbeats_come_only_after_a_long_silence(empty_store, owner):
    last = stream.frame("7-2", "job.completed", {}, last=True)

    assert told(request_with(owner.token), frames_of(None, None, last)) == [b"retry: 2000\n\n", last.encoded]


def test_a_busy_stream_ends_with_its_session_as_well(empty_store, owner, beating):
    line = stream.frame("7-1", "job.progress", {})

    async def frames():
        yield line
        sessions.end(owner.session_id)
        identity.forget_session(owner.session_id)
        yield line

    assert told(request_with(owner.token), frames()) == [b"retry: 2000\n\n", line.encoded]


def test_a_sign_out_ends_its_streams(empty_store, owner, beating):
    async def frames():
        yield None
        sessions.end(owner.session_id)
        identity.forget_session(owner.session_id)
        yield None
        yield None

    written = told(request_with(owner.token), frames())

    assert written == [b"retry: 2000\n\n", HEARTBEAT]


def test_a_stream_ends_after_its_time(empty_store, owner, beating, monkeypatch):
    monkeypatch.setenv("MILLRACE_SERVER__STREAM_SECONDS", "0.000001")
    settings.cache_clear()

    written = told(request_with(owner.token), frames_of(None, None))

    monkeypatch.undo()
    settings.cache_clear()
    assert written == [b"retry: 2000\n\n"]
