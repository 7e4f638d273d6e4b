"""The other side of sandboxed.py: a warm process that loads modules once and forks a bounded child for each call.

It ends when its control socket does. It has one thread, an empty environment and, where the system allows it, no
network. A child opens no file, writes none and starts no process; its alarm and its limits end it, whatever it does.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from importlib import import_module
from typing import Any

import msgspec

from pipelines.clients.sandboxed import HEADER_BYTES, LENGTH_BYTES, Limits, Refused

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000  # linux/sched.h
LINE = 3  # the one descriptor of a child beside the standard ones, so that a bound on their number is a bound on files
_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38  # linux/prctl.h


_prepared: set[str] = set()


def main(descriptor: int) -> None:
    """Fork a child for each header that comes with a socket, until the control socket ends."""
    control = socket.socket(fileno=descriptor)
    os.chdir("/")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the system
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    system = _without_network()
    while True:
        header, descriptors, _, _ = socket.recv_fds(control, HEADER_BYTES, 1)
        if not header:
            return
        while len(header) < HEADER_BYTES:
            more = control.recv(HEADER_BYTES - len(header))
            if not more:
                return
            header += more
        with socket.socket(fileno=descriptors[0]) as line:
            _fork(header.decode().strip(), line, control, system)


def _fork(function: str, line: socket.socket, control: socket.socket, system: Any) -> None:
    module, _, name = function.partition(":")
    try:
        called = getattr(import_module(module), name)
        if function not in _prepared:
            getattr(called, "prepare", lambda: None)()  # what it wants to have loaded before it is shut in
            _prepared.add(function)
            gc.collect()
            gc.freeze()  # so that a child's collector does not touch, and so copy, every page
        failure = None
    except Exception:
        called, failure = None, traceback.format_exc()
    if os.fork():
        return
    code = 1
    try:
        control.close()
        os.dup2(line.fileno(), LINE)
        os.closerange(LINE + 1, os.sysconf("SC_OPEN_MAX"))
        _answer(socket.socket(fileno=LINE), called, failure, system)
        code = 0
    finally:
        os._exit(code)


def _answer(line: socket.socket, called: Any, failure: str | None, system: Any) -> None:
    size = int.from_bytes(line.recv(LENGTH_BYTES, socket.MSG_WAITALL))
    request = msgspec.msgpack.decode(line.recv(size, socket.MSG_WAITALL) if size else b"\xc0")
    limits = Limits(**request["limits"])
    line.sendall(os.getpid().to_bytes(LENGTH_BYTES))
    if failure is not None:
        answer: tuple[str, Any] = ("broke", failure)
    else:
        _bound(limits, system)
        answer = _called(called, request["argument"])
    encoded = msgspec.msgpack.encode(answer)
    line.sendall(len(encoded).to_bytes(LENGTH_BYTES))
    line.sendall(encoded)


def _called(called: Any, argument: Any) -> tuple[str, Any]:
    try:
        return "done", called(argument)
    except Refused as refusal:
        return "refused", (refusal.code, refusal.message)
    except MemoryError:
        return "refused", ("file_too_costly", "This file cannot be read: it wants more memory than a file may take.")
    except Exception:
        return "broke", traceback.format_exc()


def _bound(limits: Limits, system: Any) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write to a file is an error instead
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)  # nobody handles it: it ends the process, also inside C code
    if system is not None:
        system.prctl(_DEATH_SIGNAL, signal.SIGKILL)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    bounds = {
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        **({} if limits.threads else {resource.RLIMIT_NPROC: 0}),
        resource.RLIMIT_NOFILE: LINE + 1 + limits.open_files,
    }
    for kind, value in bounds.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            pass  # macOS refuses some of them; the alarm holds everywhere
    os.nice(5)  # who waits for an answer goes first


def _without_network() -> Any:
    """The C library on Linux, after leaving the network behind where that is allowed; None elsewhere."""
    if sys.platform != "linux":
        return None
    system = ctypes.CDLL(None, use_errno=True)
    if system.unshare(_NEW_NET) != 0:
        system.unshare(_NEW_USER | _NEW_NET)
    return system
