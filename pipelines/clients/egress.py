"""Connections that dial only what was checked: one look-up, every answer public or let through, no second look.

A name that resolves differently a moment later (DNS rebinding) gains nothing, because the checked address itself
is dialled; TLS still verifies the name. Every wait on the socket ends with the call's budget, so a server that
drips one byte at a time, or a cancelled job, cannot hold a thread.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pipelines.clients.fetch_errors import Code, FetchError
from store.kit import addresses
from store.kit.addresses import Network

PORTS = (80, 443)
SLICE_SECONDS = 0.2  # how often a waiting read looks whether its job was cancelled
LOOKUP_THREADS = 16

SockAddr = tuple[Any, ...]
Found = tuple[int, SockAddr]  # family, sockaddr
Resolver = Callable[[str, int], list[Found]]

_lookups = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="dns")


@dataclass
class Budget:
    """What one call may still spend. `dialled` counts fresh connections: none means that a kept one was used."""

    ends: float  # time.monotonic()
    connect_seconds: float
    read_seconds: float
    cancelled: Callable[[], bool] | None = None
    url: str = ""
    dialled: int = field(default=0)

    def left(self) -> float:
        """Seconds left in all. FetchError `timeout` or `cancelled` when it is over."""
        if self.cancelled is not None and self.cancelled():
            raise self.failed("cancelled", "The call was cancelled.")
        left = self.ends - time.monotonic()
        if left <= 0:
            raise self.failed("timeout", "The answer took longer than allowed.")
        return left

    def failed(self, code: Code, message: str) -> FetchError:
        """The error of the hop that is under way."""
        return FetchError(code, message, url=self.url)


_budget: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """Everything this thread dials and reads inside counts against `budget`."""
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)


def system_resolver(host: str, port: int) -> list[Found]:
    """All stream addresses of a host, in the system's order. OSError when there are none."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [(family, sockaddr) for family, _, _, _, sockaddr in answers]


@dataclass(frozen=True)
class Gate:
    """Decides which addresses are dialled. `allow`: networks let through on any port although they are private."""

    allow: tuple[Network, ...] = ()
    resolve: Resolver = system_resolver

    def dial(self, host: str, port: int, options: Any) -> socket.socket:
        """A connected socket to a checked address of `host`. Raises FetchError."""
        budget = _budget.get()
        found = self.checked(host, port, budget)
        refusal: OSError | None = None
        # A dead address must not eat the time of the next one.
        each = max(1.0, budget.connect_seconds / len(found))
        for family, sockaddr in found:
            sock = WatchedSocket(family, socket.SOCK_STREAM)
            try:
                for option in options or ():
                    sock.setsockopt(*option)
                sock.settimeout(min(each, budget.left()))
                sock.connect(sockaddr)
            except OSError as error:
                sock.close()
                refusal = error
                continue
            except BaseException:
                sock.close()
                raise
            budget.dialled += 1
            return sock
        if isinstance(refusal, TimeoutError):
            raise budget.failed("timeout", f"{host} did not answer in time.") from refusal
        raise budget.failed("connect_failed", f"{host} refused the connection.") from refusal

    def checked(self, host: str, port: int, budget: Budget) -> list[Found]:
        """One look-up; one bad answer refuses the whole name, for it is not ours to guess which one is meant."""
        found = self._look_up(host, port, budget)
        all_allowed = True
        for _, sockaddr in found:
            try:
                address = ip_address(str(sockaddr[0]))
            except ValueError as error:
                raise budget.failed("address_refused", f"{host} has an address of an unknown kind.") from error
            if addresses.is_allowed(address, self.allow):
                continue
            all_allowed = False
            if not addresses.is_public(address):
                raise budget.failed("address_refused", f"{host} leads to a private or special address.")
        if not all_allowed and port not in PORTS:
            raise budget.failed("port_refused", f"Port {port} is not called; only 80 and 443 are.")
        return found

    def _look_up(self, host: str, port: int, budget: Budget) -> list[Found]:
        address = addresses.strict(host)
        if address is not None:
            family = socket.AF_INET if address.version == 4 else socket.AF_INET6
            return [(family, (host, port))]
        # In a thread of its own: the C library's resolver knows no deadline.
        lookup = _lookups.submit(self.resolve, host, port)
        try:
            found = lookup.result(timeout=min(budget.connect_seconds, budget.left()))
        except LookupTimeout as error:
            lookup.cancel()
            raise budget.failed("dns_failed", f"The name {host} could not be looked up in time.") from error
        except (OSError, UnicodeError) as error:
            raise budget.failed("dns_failed", f"The name {host} could not be found.") from error
        if not found:
            raise budget.failed("dns_failed", f"The name {host} has no address.")
        return found


def _wait(receive: Callable[[], int], settimeout: Callable[[float], None]) -> int:
    """Run `receive` in slices until it has something, the read time is over, or the budget says stop."""
    budget = _budget.get()
    quiet_until = time.monotonic() + budget.read_seconds
    while True:
        wait = min(budget.left(), max(0.001, quiet_until - time.monotonic()))
        settimeout(min(wait, SLICE_SECONDS) if budget.cancelled else wait)
        try:
            return receive()
        except TimeoutError as error:
            if time.monotonic() >= quiet_until:
                raise budget.failed("timeout", "The server sent nothing for too long.") from error


class WatchedSocket(socket.socket):
    """A socket whose reads end with the budget of the call that uses it."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        return _wait(lambda: super(WatchedSocket, self).recv_into(*args, **kwargs), self.settimeout)


class WatchedTlsSocket(ssl.SSLSocket):
    """The same over TLS."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        return _wait(lambda: super(WatchedTlsSocket, self).recv_into(*args, **kwargs), self.settimeout)


def guarded_pools(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3 pool classes whose connections dial through `gate`; they have no other way to open a socket."""

    class GuardedConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return gate.dial(self._dns_host.strip("[]"), self.port, self.socket_options)

    class GuardedTlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return gate.dial(self._dns_host.strip("[]"), self.port, self.socket_options)

    class GuardedPool(HTTPConnectionPool):
        ConnectionCls = GuardedConnection

    class GuardedTlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTlsConnection

    return {"http": GuardedPool, "https": GuardedTlsPool}


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Verifies names and certificates against `ca_file`; its sockets watch the budget."""
    context = ssl.create_default_context(cafile=ca_file)
    context.sslsocket_class = WatchedTlsSocket
    context.set_alpn_protocols(["http/1.1"])
    return context
