"""Functions that a sandboxed child should survive, or not: called by name in tests."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

from pipelines.clients.sandboxed import Refused


def echo(argument):
    return argument


def loop(_):
    while True:
        pass


def eat(_):
    return len(bytearray(8 * 1024**3))


def crash(_):
    ctypes.string_at(0)


def open_secret(path):
    try:
        return len(Path(path or "/etc/passwd").read_bytes())
    except OSError as error:
        return error.strerror


def write(_):
    try:
        return os.write(os.open("/tmp/never", os.O_CREAT | os.O_WRONLY), b"x")
    except OSError as error:
        return error.strerror


def net(address):
    try:
        with socket.create_connection(tuple(address or ("127.0.0.1", 80)), timeout=1):
            return "connected"
    except OSError as error:
        return error.strerror or str(error)


def environment(_):
    return dict(os.environ)


def refuse(_):
    raise Refused("unreadable_file", "No.")


def bug(_):
    return 1 / 0
