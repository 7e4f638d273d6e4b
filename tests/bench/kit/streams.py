"""Many idle event streams from one process, each on a socket of its own; they note when they hear something."""

from __future__ import annotations

import asyncio
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

OPENED_AT_ONCE = 50


class Listener(asyncio.Protocol):
    """One stream, read with as little work as can be, because the last one's time contains that of all others."""

    def __init__(self, request: bytes, heard: list[float]) -> None:
        self.begun = asyncio.get_running_loop().create_future()
        self._request = request
        self._heard = heard
        self._head = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol. An event comes in one piece."""
        if not self.begun.done():
            self._head += data
            if not self._head.startswith(b"HTTP/1.1 200 "):
                self.begun.set_exception(RuntimeError(f"a stream was refused: {self._head[:200]!r}"))
            elif b"job.created" in self._head:
                self.begun.set_result(None)
        elif b"job.cancelled" in data:
            self._heard.append(time.perf_counter())

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


class Listeners:
    """`number` streams of one job on an event loop in a thread. `heard` are the moments (perf_counter) of the event."""

    def __init__(self, port: int, path: str, authorization: str, number: int) -> None:
        self.heard: list[float] = []
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self._number = number
        self._loop = asyncio.new_event_loop()
        self._streams: list[Listener] = []
        self._room = asyncio.Semaphore(OPENED_AT_ONCE)
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self) -> None:
        """Open them all; returns when each has been told what happened so far."""

        async def all_of_them() -> None:
            await asyncio.gather(*(self._begin() for _ in range(self._number)))

        asyncio.run_coroutine_threadsafe(all_of_them(), self._loop).result(60)

    def close(self) -> None:
        """Hang up."""

        async def hang_up() -> None:
            for stream in self._streams:
                stream.close()

        asyncio.run_coroutine_threadsafe(hang_up(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _begin(self) -> None:
        async with self._room:
            _, stream = await self._loop.create_connection(
                lambda: Listener(self._request, self.heard), "127.0.0.1", self._port
            )
            self._streams.append(stream)
            await stream.begun


@contextmanager
def listeners(port: int, path: str, authorization: str, number: int) -> Iterator[Listeners]:
    """The streams, open for the length of a block."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    streams = Listeners(port, path, authorization, number)
    try:
        streams.open()
        yield streams
    finally:
        streams.close()
