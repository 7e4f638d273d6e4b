"""Many idle event streams from one process, each on a socket of its own; they note when they hear something."""

from __future__ import annotations

import asyncio
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

OPENED_AT_ONCE = 50


class Listeners:
    """`number` streams of one job on an event loop in a thread. `heard` are the moments (perf_counter) of the event."""

    def __init__(self, port: int, path: str, authorization: str, number: int) -> None:
        self.heard: list[float] = []
        self.opened = 0
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self._number = number
        self._loop = asyncio.new_event_loop()
        self._writers: list[asyncio.StreamWriter] = []
        self._room = asyncio.Semaphore(OPENED_AT_ONCE)
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self) -> None:
        """Open them all; returns when each has begun."""

        async def all_of_them() -> None:
            await asyncio.gather(*(self._begin() for _ in range(self._number)))

        asyncio.run_coroutine_threadsafe(all_of_them(), self._loop).result(60)

    def close(self) -> None:
        """Hang up."""

        async def hang_up() -> None:
            for writer in self._writers:
                writer.close()

        asyncio.run_coroutine_threadsafe(hang_up(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _begin(self) -> None:
        async with self._room:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.append(writer)
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n", 1)[0], head
            while b"job.created" not in await reader.readline():
                pass  # what has happened so far is told first
            self.opened += 1
        self._listening = asyncio.ensure_future(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if b"job.cancelled" in line:
                self.heard.append(time.perf_counter())
                return


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
