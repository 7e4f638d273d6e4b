"""A Redis connection for one event loop that costs little: the commands of one turn travel in one write.

redis-py's asyncio client spends about 0.2 ms of CPU on a command; the API asks Redis once per request, so that
would be a third of a submit. Used for scripts and counters only; subscriptions and everything else use redis.py.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from typing import Any

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url

from store.kit.settings import settings

LATE_SECONDS = 0.02
PAUSE_SECONDS = 1.0  # after a failed connect, calls fail at once for this long instead of each waiting again


class Pipe(asyncio.Protocol):
    """Connects at first use and again after a loss. A call that fails raises OSError or hiredis.ReplyError."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader()
        self._waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._unsent: list[bytes] = []
        self._connecting: asyncio.Task[None] | None = None
        self._closed_until = 0.0
        self._watcher: asyncio.TimerHandle | None = None  # one for all calls; runs only while some wait

    async def call(self, *parts: bytes | str | float) -> Any:
        """Send one command, return its reply (bulk strings as bytes)."""
        if self._transport is None or self._transport.is_closing():
            await self._connect()
        return await self._send(parts)

    def close(self) -> None:
        """Drop the connection; whoever waits gets an OSError."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def _send(self, parts: tuple[bytes | str | float, ...]) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._unsent:
            loop.call_soon(self._flush)
        if self._watcher is None:
            self._watcher = loop.call_later(settings().redis.timeout_seconds, self._watch)
        self._unsent.append(hiredis.pack_command(parts))  # type: ignore[arg-type]
        self._waiting.append((future, time.monotonic()))
        return future

    def _flush(self) -> None:
        commands, self._unsent = self._unsent, []
        if self._transport is not None:
            self._transport.write(b"".join(commands))

    def _watch(self, suspect: asyncio.Future[Any] | None = None) -> None:
        """Drop the connection when its oldest call has waited too long.

        The loop may be what was late: before the verdict it gets a turn to read what has long arrived.
        """
        self._watcher = None
        if not self._waiting:
            return
        oldest, sent_at = self._waiting[0]
        left = sent_at + settings().redis.timeout_seconds - time.monotonic()
        if left <= 0 and oldest is suspect:
            self.close()
        elif left <= 0:
            self._watcher = asyncio.get_running_loop().call_later(LATE_SECONDS, self._watch, oldest)
        else:
            self._watcher = asyncio.get_running_loop().call_later(left, self._watch)

    async def _connect(self) -> None:
        if time.monotonic() < self._closed_until:
            raise ConnectionError("Redis is not reachable")
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.get_running_loop().create_task(self._open())
        await asyncio.shield(self._connecting)

    async def _open(self) -> None:
        wanted: dict[str, Any] = dict(parse_url(settings().redis.url))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(settings().redis.timeout_seconds):
                if "path" in wanted:
                    await loop.create_unix_connection(lambda: self, wanted["path"])
                else:
                    tls = _tls(wanted) if wanted.get("connection_class") is SSLConnection else None
                    host, port = wanted.get("host", "localhost"), wanted.get("port", 6379)
                    await loop.create_connection(lambda: self, host, port, ssl=tls)
                if wanted.get("password"):
                    user = [wanted["username"]] if wanted.get("username") else []
                    await self._send(("AUTH", *user, wanted["password"]))
                if wanted.get("db"):
                    await self._send(("SELECT", wanted["db"]))
        except (OSError, hiredis.ReplyError):
            self._closed_until = time.monotonic() + PAUSE_SECONDS
            self.close()
            raise

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        self._reader = hiredis.Reader()
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol."""
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            future, _ = self._waiting.popleft()
            if future.done():
                continue
            if isinstance(reply, hiredis.ReplyError):
                future.set_exception(reply)
            else:
                future.set_result(reply)

    def connection_lost(self, error: Exception | None) -> None:
        """Part of asyncio.Protocol."""
        self._transport = None
        waiting, self._waiting, self._unsent = self._waiting, deque(), []
        for future, _ in waiting:
            if not future.done():
                future.set_exception(ConnectionError("Redis closed the connection"))


def _tls(wanted: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=wanted.get("ssl_ca_certs"))
    if wanted.get("ssl_cert_reqs") in ("none", ssl.CERT_NONE):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
