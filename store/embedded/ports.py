"""TCP ports of the bundled servers: free when chosen, then kept, so that addresses survive a restart."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from store.embedded.account import ServerError

# Below the range that kernels hand out to outgoing connections (from 32768 on Linux, 49152 on macOS): while a
# server is down for a restart, no client socket of this machine can come to sit on its port.
_FIRST, _LAST = 20_000, 32_000


def kept_port(file: Path) -> int:
    """The port that `file` remembers if it is still free, else a new one, remembered there."""
    try:
        port = int(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        port = 0
    if not port or not is_free("127.0.0.1", port):
        port = free_port()
        file.write_text(f"{port}\n", encoding="utf-8")
    return port


def free_port() -> int:
    for port in random.SystemRandom().sample(range(_FIRST, _LAST), 100):
        if is_free("127.0.0.1", port):
            return port
    raise ServerError(f"no free TCP port between {_FIRST} and {_LAST}")


def is_free(host: str, port: int) -> bool:
    try:
        bound(host, port).close()
    except OSError:
        return False
    return True


def bound(host: str, port: int) -> socket.socket:
    """A TCP socket bound to the address and not yet listening. Raises OSError when it is taken or not ours."""
    family, kind, proto, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
    )[0]
    taken = socket.socket(family, kind, proto)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not kept out by our own closed connections
        taken.bind(address)
    except OSError:
        taken.close()
        raise
    return taken


def answers(host: str, port: int, *, within_seconds: float = 1.0) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((host, port), within_seconds).close()
    except OSError:
        return False
    return True
