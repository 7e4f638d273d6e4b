"""Running a function on bytes that nobody can trust in a child of its own: bounded memory and time, no files, no network.

The child is forked from a warm process that has the function's module loaded already (sandbox_child.py), so it costs a
few milliseconds. `run("package.module:name", argument)`: argument and answer are msgpack values (bytes welcome).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from store.kit import log

logger = log.get("pipelines.clients.sandboxed")
ROOT = Path(__file__).resolve().parents[2]
HEADER_BYTES = 256
LENGTH_BYTES = 8
LOOK_SECONDS = 0.1  # how often a waiting caller looks whether it should stop
SLACK_SECONDS = 5.0  # what a child gets beyond its own alarm, for a machine that is busy
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from pipelines.clients.sandbox_child import main; main(int(sys.argv[2]))"
)
# One thread a child: the pools of numeric libraries would not survive the fork.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}


class Limits(Struct, frozen=True, kw_only=True):
    """What a child may take. `open_files`: how many files it may open beside those that are open already;
    `threads`: whether it may start some, and with them, as systems count, processes."""

    memory_bytes: int = 1024**3
    seconds: int = 30
    open_files: int = 0
    threads: bool = False
    answer_bytes: int = 64 * 1024 * 1024


class Refused(Exception):
    """The input is at fault: `code` for a program, `message` for a person. Functions raise it, `run` raises it again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Broke(Exception):
    """The function has a bug; the text is its stack, for the log."""


def run(function: str, argument: Any, *, limits: Limits | None = None, check: Callable[[], None] | None = None) -> Any:
    """The function's answer. Raises Refused, also for input on which the child died or ran out of something.

    `check` is called now and then while it waits; what it raises ends the child.
    """
    wanted = limits or Limits()
    request = msgspec.msgpack.encode({"limits": wanted, "argument": argument})
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _hand_over(function, theirs)
        ours.settimeout(wanted.seconds + SLACK_SECONDS)
        try:
            ours.sendall(len(request).to_bytes(LENGTH_BYTES) + request)
            pid = int.from_bytes(ours.recv(LENGTH_BYTES, socket.MSG_WAITALL))
        except OSError:
            raise _died() from None
        try:
            answer = _read(ours, wanted, check)
        except BaseException:
            _kill(pid)
            raise
    kind, value = msgspec.msgpack.decode(answer, type=tuple[str, Any])
    if kind == "refused":
        raise Refused(*value)
    if kind == "broke":
        raise Broke(value)
    return value


def _read(ours: socket.socket, limits: Limits, check: Callable[[], None] | None) -> bytes:
    """The whole answer. Raises Refused when it does not come."""
    until = time.monotonic() + limits.seconds + SLACK_SECONDS
    ours.settimeout(LOOK_SECONDS)
    buffer, size = bytearray(), None
    while size is None or len(buffer) < size:
        try:
            chunk = ours.recv(1024 * 1024)
        except TimeoutError:
            if check is not None:
                check()
            if time.monotonic() > until:
                raise _died() from None
            continue
        except OSError:
            raise _died() from None
        if not chunk:
            raise _died()
        buffer += chunk
        if size is None and len(buffer) >= LENGTH_BYTES:
            size = int.from_bytes(buffer[:LENGTH_BYTES])
            del buffer[:LENGTH_BYTES]
            if size > limits.answer_bytes:
                raise Refused("result_too_large", "What came out is larger than a result can be.")
    return bytes(buffer)


def _kill(pid: int) -> None:
    """End a child whose socket is still open, or that ended just now: its number is not given out again so soon."""
    try:
        if pid > 1:
            os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended by itself


def _died() -> Refused:
    return Refused("file_too_costly", "This file cannot be read: it wants more memory or time than a file may take.")


class _Warm:
    """The process that children are forked from; made at first use, again when it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def hand_over(self, header: bytes, child_end: socket.socket) -> None:
        """Have a child forked that talks through `child_end`."""
        with self._lock:
            try:
                socket.send_fds(self._open(), [header], [child_end.fileno()])
            except OSError:
                self._close()
                socket.send_fds(self._open(), [header], [child_end.fileno()])

    def _open(self) -> socket.socket:
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._close()
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", _PROGRAM, str(ROOT), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=_ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                )
            logger.info("sandbox.started", pid=self._process.pid)
        return self._control

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()  # its end of file ends the process
            self._control = None
        if self._process is not None:
            self._process.wait()
            self._process = None


def _hand_over(function: str, child_end: socket.socket) -> None:
    header = function.encode()
    assert len(header) <= HEADER_BYTES
    _warm.hand_over(header.ljust(HEADER_BYTES), child_end)


_warm = _Warm()
