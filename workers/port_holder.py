"""Who listens on a port, as far as this account may know, in a sentence that says what to do."""

from __future__ import annotations

import psutil


def taken_sentence(host: str, port: int) -> str:
    holder = port_holder(port)
    by = f" by {holder}" if holder else ""
    return f"port {port} on {host} is taken{by}; stop that, or choose another with PORT={port + 1} ./run.sh"


def port_holder(port: int) -> str | None:
    """`name (process 123)` of the listener on `port`; None when there is none, or it is hidden from us."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS shows other users' sockets to root only
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.NoSuchProcess:
                return None
    return None
