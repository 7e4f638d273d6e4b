"""Server-Sent Events: a bounded number of long answers, each cheap while nothing happens.

An idle stream costs its connection and a suspended generator; no thread and no database connection. Every
stream ends after `server.stream_seconds` and is taken up again by Last-Event-ID.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec

from api.kit import metrics
from api.kit.answer import Answer
from api.kit.identity import caller_of
from api.kit.request import Request
from api.kit.surface import encoder
from store.kit import db
from store.kit.errors import DomainError, Unavailable
from store.kit.settings import settings

MEDIA_TYPE = "text/event-stream"
RETRY_MS = 2000
HEARTBEAT_SECONDS = 10.0
HEADERS = {"X-Accel-Buffering": "no"}


class Frame(msgspec.Struct, frozen=True):
    """One event as bytes; `last`: the stream has nothing to say after it. May be shared by many streams."""

    encoded: bytes
    last: bool = False


def frame(place: str, event: str | None, data: Any, *, last: bool = False) -> Frame:
    """An event with its id; None: of no type. JSON has no raw line breaks, so one `data` line is enough."""
    named = b"event: %b\n" % event.encode() if event else b""
    return Frame(b"id: %b\n%bdata: %b\n\n" % (place.encode(), named, encoder.encode(data)), last)


_open = 0


def answer(request: Request, frames: AsyncIterator[Frame | None]) -> Answer:
    """The answer that streams `frames`; None is a moment of silence, at least every `quiet_seconds()`.

    Raises Unavailable when this process has enough streams open.
    """
    refuse_when_full()
    return Answer(stream=_stream(request, frames), content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=HEADERS)


def refuse_when_full() -> None:
    """Raise Unavailable when this process has enough streams open; ask before work is done for a new one."""
    if _open >= settings().server.max_streams:
        raise Unavailable("Too many streams are open.", code="too_many_streams", retry_after=timedelta(seconds=5))


async def _stream(request: Request, frames: AsyncIterator[Frame | None]) -> AsyncIterator[bytes]:
    global _open
    _open += 1
    metrics.streams.inc()
    checked_at = told_at = time.monotonic()
    ends_at = checked_at + settings().server.stream_seconds
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        async for told in frames:
            now = time.monotonic()
            if now - checked_at >= quiet_seconds():
                checked_at = now
                if now > ends_at or not await _may_stay(request):
                    return
            if told is not None:
                told_at = now
                yield told.encoded
                if told.last:
                    await asyncio.sleep(0)  # let the other streams tell the event before this one clears up
                    return
            elif now - told_at >= HEARTBEAT_SECONDS:
                told_at = now
                yield b": still here\n\n"
    finally:
        _open -= 1
        metrics.streams.dec()


def quiet_seconds() -> float:
    """How long a stream may go without a look at whether its caller still counts: as long as a caller is believed."""
    return min(HEARTBEAT_SECONDS, settings().accounts.key_cache_seconds)


async def _may_stay(request: Request) -> bool:
    """Whether the credential that opened the stream still counts: a sign-out or a revoked key ends its streams."""
    try:
        await caller_of(request)
    except (Unavailable, *db.OUTAGES):
        return True  # nobody said no
    except DomainError:
        return False
    return True
