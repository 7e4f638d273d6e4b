"""Child processes that cannot outlive us: own session, told to stop when their parent dies, stopped by signal and time.

A terminal's Ctrl-C reaches the parent only, which then stops its children in its own order. On Linux the kernel
signals a child whose parent died (PR_SET_PDEATHSIG); elsewhere the pid files in `left_overs.py` do that work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from store.embedded.account import Account

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Command:
    """One program to run: what, as whom, and how it likes to be stopped."""

    argv: Sequence[str]
    cwd: str = "/"
    env: Mapping[str, str] | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    pass_fds: tuple[int, ...] = field(default=())


def start(command: Command, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `command` with stdout and stderr going to `output`. Call it from the main thread only.

    The kernel's death signal follows the parent *thread*: a child of a helper thread would be stopped with it.
    """
    return subprocess.Popen(
        list(command.argv),
        cwd=command.cwd,
        env=dict(command.env) if command.env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=command.pass_fds,
        preexec_fn=dies_with_parent(command.stop_signal),  # noqa: PLW1509 - runs after setuid, which would clear it
        **(command.account.popen_options() if command.account else {}),
    )


def dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """A preexec_fn that asks the kernel to send `stop_signal` to the child when this process dies (Linux)."""
    if _libc is None:
        return None
    parent = os.getpid()
    prctl = _libc.prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl: nobody would tell us any more
            os._exit(1)

    return ask


def ask_to_stop(process: subprocess.Popen[bytes], command: Command) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(command.stop_signal)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a child and everything in its session at once."""
    with suppress(ProcessLookupError, PermissionError):  # already gone; macOS says EPERM for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes], command: Command) -> None:
    """Ask the child to stop, wait its grace, then end whatever is left of its session."""
    ask_to_stop(process, command)
    with suppress(subprocess.TimeoutExpired):
        process.wait(command.grace_seconds)
    kill_group(process)
    process.wait()
