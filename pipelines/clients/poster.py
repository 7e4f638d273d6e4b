"""The guarded client for webhooks: one POST, thousands open at once, through the same gate as all calls out.

Asynchronous, because a receiver that hangs must cost a socket and not a thread. The gate resolves once and judges
every address; the checked address is dialled, and TLS verifies the name. No redirects, no proxy, no cookies. One
deadline covers look-up, connection, TLS, headers and body; of the body only `max_bytes` are read.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import httptools
from msgspec import Struct

from pipelines.clients.egress import Budget, Found, Gate
from pipelines.clients.fetch_errors import FetchError
from store.kit.urls import PORTS

KEPT_PER_HOST = 64  # many customers use the same few services
KEPT_IN_ALL = 256  # each is a file descriptor
KEPT_SECONDS = 15.0
LOOKUPS = 32  # look-ups at once; the C library's resolver needs a thread each

Place = tuple[str, str, int]  # scheme, host, port


class Reply(Struct, frozen=True):
    """The receiver's answer; `body` is its beginning, headers have lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes


class Poster:
    """One a process, in one event loop."""

    def __init__(self, gate: Gate, *, ca_file: str = "") -> None:
        self._gate = gate
        self._tls = ssl.create_default_context(cafile=ca_file or certifi.where())
        self._tls.set_alpn_protocols(["http/1.1"])
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="hook-dns")
        self._idle: dict[Place, list[_Connection]] = defaultdict(list)
        self._swept_at = time.monotonic()

    async def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float, max_bytes: int
    ) -> Reply:  # fmt: skip
        """The answer, whatever its status. Raises FetchError."""
        parts = urlsplit(url)
        place = (parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0))
        if place[0] not in PORTS or not place[1]:
            raise FetchError("bad_url", "The URL cannot be called.", url=url)
        request = _request(parts, headers, body)
        try:
            async with asyncio.timeout(seconds):
                kept = self._take_idle(place)
                if kept is not None:
                    try:
                        return await self._exchange(place, kept, request, max_bytes)
                    except _Untouched:  # it closed the kept connection meanwhile, and has not seen the request
                        kept.close()
                return await self._exchange(place, await self._dial(place, url, seconds), request, max_bytes)
        except TimeoutError as error:
            raise FetchError("timeout", "The receiver did not answer in time.", url=url) from error
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or "the handshake failed"
            raise FetchError("tls_failed", f"The encrypted connection failed: {reason}", url=url) from error
        except (OSError, _Untouched, httptools.HttpParserError) as error:
            raise FetchError("connection_lost", "The receiver broke the connection off.", url=url) from error

    def close(self) -> None:
        """Close what is kept open."""
        for kept in self._idle.values():
            for connection in kept:
                connection.close()
        self._idle.clear()
        self._lookups.shutdown(wait=False)

    async def _exchange(self, place: Place, connection: _Connection, request: bytes, max_bytes: int) -> Reply:
        reusable = False
        try:
            reply = await connection.exchange(request, max_bytes)
            reusable = connection.is_reusable()
            return reply
        finally:
            self._keep(place, connection) if reusable else connection.close()

    def _keep(self, place: Place, connection: _Connection) -> None:
        """Keep it for the next request there; what nobody used for a while is closed."""
        now = connection.idle_since = time.monotonic()
        if now - self._swept_at > KEPT_SECONDS:
            self._swept_at = now
            for other in list(self._idle):
                for old in [one for one in self._idle[other] if now - one.idle_since > KEPT_SECONDS]:
                    self._idle[other].remove(old)
                    old.close()
                if not self._idle[other]:
                    del self._idle[other]
        kept = self._idle[place]
        if len(kept) < KEPT_PER_HOST and sum(map(len, self._idle.values())) < KEPT_IN_ALL:
            kept.append(connection)
        else:
            connection.close()

    def _take_idle(self, place: Place) -> _Connection | None:
        kept = self._idle.get(place, [])
        while kept:
            connection = kept.pop()
            if connection.is_reusable() and time.monotonic() - connection.idle_since < KEPT_SECONDS:
                return connection
            connection.close()
        self._idle.pop(place, None)
        return None

    async def _dial(self, place: Place, url: str, seconds: float) -> _Connection:
        scheme, host, port = place
        loop = asyncio.get_running_loop()
        budget = Budget(time.monotonic() + seconds, seconds, seconds, url=url)
        found: list[Found] = await loop.run_in_executor(
            self._lookups, partial(self._gate.checked, host, port, budget)
        )  # fmt: skip
        tls: dict[str, Any] = {"ssl": self._tls, "server_hostname": host} if scheme == "https" else {}
        refusal: OSError | None = None
        for _, sockaddr in found:
            try:
                _, connection = await loop.create_connection(_Connection, str(sockaddr[0]), int(sockaddr[1]), **tls)
            except ssl.SSLError:
                raise
            except OSError as error:
                refusal = error
                continue
            return connection
        raise FetchError("connect_failed", f"{host} refused the connection.", url=url) from refusal


class _Untouched(Exception):
    """The connection ended before a byte of an answer."""


class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection; an exchange at a time."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._begin()

    async def exchange(self, request: bytes, max_bytes: int) -> Reply:
        if self._transport is None or self._transport.is_closing():
            raise _Untouched
        self._begin()
        self._most = max_bytes
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None

    def is_reusable(self) -> bool:
        return self._keeps and self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # an answer that nobody asked for
            self._keeps = False
            self.close()
            return
        self._touched = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._settle(OSError("the receiver switched to another protocol"))
        except httptools.HttpParserError as error:
            self._settle(error)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._keeps = False
        if not self._touched:
            self._settle(_Untouched())
        elif self._status and not self._has_length:
            self._settle(None)  # an answer that ends with its connection
        else:
            self._settle(error if isinstance(error, OSError) else ConnectionResetError())

    # -- httptools' callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        key = name.decode("latin-1").lower()
        if len(self._headers) < 100:
            self._headers[key] = value.decode("latin-1")
        if key in ("content-length", "transfer-encoding"):
            self._has_length = True

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        self._body += data[: self._most - len(self._body)]
        if len(self._body) >= self._most:
            self._settle(None)  # enough for the record; the rest is not read

    def on_message_complete(self) -> None:
        if self._status < 200:  # 100 Continue, 103 Early Hints: the answer follows
            self._headers.clear()
            self._has_length, self._status = False, 0
            return
        self._keeps = self._parser.should_keep_alive()
        self._settle(None)

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body = b""
        self._status = 0
        self._most = 0
        self._has_length = self._touched = self._keeps = False

    def _settle(self, error: Exception | None) -> None:
        if self._answer is None or self._answer.done():
            return
        if error is not None:
            self._answer.set_exception(error)
        else:
            self._answer.set_result(Reply(self._status, self._headers, bytes(self._body)))


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request as bytes. A line break in a header is refused here as well, whatever was checked before."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}", "Accept: */*",
             "Accept-Encoding: identity", *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
    if any("\r" in line or "\n" in line or "\0" in line for line in lines):
        raise FetchError("bad_url", "A header or the URL has a line break in it.")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
