"""Runs children, shows their output with their name in front, and brings back what dies.

One thread and one loop (`pump`): pipes, deaths, due restarts and signals all arrive there. workers/up.py says what
runs and in which order. A server is brought back for ever, since others' data hangs on it; an application process
that keeps dying stops everything with its last words.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import FrameType

from store.embedded import children, left_overs
from store.embedded.children import Command

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
QUICK_DEATH_SECONDS = 10.0  # a child that lived this long starts over with a clean record
MOST_QUICK_DEATHS = 5
_LAST_LINES = 25
_SAME_KEYSTROKE_SECONDS = 0.5  # wrappers such as timeout(1) pass one signal on twice
_NAME_WIDTH = 10


class StopAsked(Exception):
    """A person or the system asked for the end (Ctrl-C, SIGTERM, a closed terminal)."""


class ChildFailed(Exception):
    """A child ended that must not, or did not become ready; the message carries its last words."""


def pause_seconds(deaths: int) -> float:
    """How long to wait before the next start after `deaths` in a row: 0.25 s, doubled each time, at most 10 s."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(deaths - 1, 16))


class Tier(IntEnum):
    """What is stopped together; a higher tier stops first."""

    POSTGRES = 0
    REDIS = 1
    ENGINE = 2
    API = 3


@dataclass
class Child:
    """One watched process: how to start it, and what became of it so far."""

    name: str
    command: Command
    tier: Tier = Tier.ENGINE
    before_restart: Callable[[int], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_due: float | None = None
    deaths: int = 0  # in a row; decides the pause
    quick_deaths: int = 0  # in a row and by its own doing; decides when to give up or to clear its data
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))
    unfinished_line: bytes = b""

    @property
    def is_server(self) -> bool:
        return self.tier <= Tier.REDIS

    def last_words(self) -> str:
        return "".join(f"\n    {line}" for line in self.last_lines) or "\n    (it said nothing)"


class Supervisor:
    """Use it on the main thread: `run`, `run_once` and `wait_until` while coming up, then `watch`, then `stop_all`."""

    def __init__(self, pid_files: Path) -> None:
        self._pid_files = pid_files
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._stop_asked_at: float | None = None
        self._stopping = False
        self._wake_up, self._woken = socket.socketpair()
        for end in (self._wake_up, self._woken):
            end.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._wake_up.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # started with nohup
                signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # a handler, so that deaths wake the loop

    # -- coming up

    def run(
        self,
        name: str,
        command: Command,
        *,
        tier: Tier,
        before_restart: Callable[[int], None] | None = None,
    ) -> Child:
        """Start a child and watch it from now on."""
        child = Child(name, command, tier=tier, before_restart=before_restart)
        self._children.append(child)
        self._start(child)
        return child

    def run_once(self, name: str, command: Command) -> None:
        """Run a child to its end. Raises ChildFailed unless it ends with 0."""
        child = Child(name, command)
        self._start(child)
        process = _process(child)
        try:
            while process.poll() is None:
                self.pump()
        finally:
            self._put_down(child)
        if process.returncode != 0:
            raise ChildFailed(f"{name} {_ended(process.returncode)}:{child.last_words()}")

    def wait_until(self, check: Callable[[], bool], *, within_seconds: float, for_child: Child) -> None:
        """Pump until `check` holds. Raises ChildFailed when the child dies for good, or the time is over."""
        deadline = time.monotonic() + within_seconds
        while not check():
            if time.monotonic() > deadline:
                raise ChildFailed(
                    f"{for_child.name} was not ready within {within_seconds:.0f} s:{for_child.last_words()}"
                )
            if for_child.is_server and for_child.deaths >= MOST_QUICK_DEATHS:
                raise ChildFailed(f"{for_child.name} does not start:{for_child.last_words()}")
            self.pump(0.03)

    # -- running

    def watch(self) -> None:
        """Keep everything running. Raises StopAsked, or ChildFailed when an application process keeps dying."""
        while True:
            self.pump()

    def pump(self, longest_seconds: float = 1.0) -> None:
        """One turn of the loop: wait for output, deaths, signals or a due restart, and answer them."""
        self._turn(longest_seconds)
        if self._stop_asked_at is not None and not self._stopping:
            raise StopAsked
        if not self._stopping:
            self._bring_back()

    # -- going down

    def stop_all(self) -> None:
        """Stop every child, tier by tier; each gets its own grace."""
        self._stopping = True
        for tier in sorted(Tier, reverse=True):
            running = [child for child in self._children if child.tier == tier and child.process is not None]
            for child in running:
                children.ask_to_stop(_process(child), child.command)
            asked_at = time.monotonic()
            for child in running:
                while _process(child).poll() is None and time.monotonic() - asked_at < child.command.grace_seconds:
                    self.pump(0.1)
                if _process(child).poll() is None:
                    self.say(f"{child.name} did not stop within {child.command.grace_seconds:.0f} s and is ended")
                self._put_down(child)

    def say(self, text: str) -> None:
        self._show("up", text)

    # -- inside

    def _start(self, child: Child) -> None:
        read_end, write_end = os.pipe()
        try:
            child.process = children.start(child.command, write_end)
        except OSError as error:
            os.close(read_end)
            raise ChildFailed(f"{child.name} cannot be started: {error}") from error
        finally:
            os.close(write_end)
        os.set_blocking(read_end, False)
        self._selector.register(read_end, selectors.EVENT_READ, child)
        child.started_at, child.start_due = time.monotonic(), None
        left_overs.remember(self._pid_files, child.name, child.process.pid)

    def _turn(self, longest_seconds: float) -> None:
        due = [child.start_due - time.monotonic() for child in self._children if child.start_due is not None]
        for key, _ in self._selector.select(max(0.0, min([longest_seconds, *due]))):
            if key.data is None:
                with suppress(BlockingIOError):
                    self._woken.recv(4096)
            else:
                self._read(key.fd, key.data)

    def _bring_back(self) -> None:
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._answer_death(child, child.process.returncode)
            elif child.start_due is not None and time.monotonic() >= child.start_due:
                if child.before_restart is not None:
                    child.before_restart(child.quick_deaths)
                self._start(child)

    def _answer_death(self, child: Child, code: int) -> None:
        lived = time.monotonic() - child.started_at
        self._put_down(child)
        if lived >= QUICK_DEATH_SECONDS:
            child.deaths = child.quick_deaths = 0
        child.deaths += 1
        if code != -signal.SIGKILL:  # that one comes from outside (an operator, the kernel's memory killer)
            child.quick_deaths += 1
        if child.quick_deaths >= MOST_QUICK_DEATHS and not child.is_server:
            raise ChildFailed(
                f"{child.name} {_ended(code)}, {child.quick_deaths} times in a row. Its last words:{child.last_words()}"
            )
        pause = pause_seconds(child.deaths)
        child.start_due = time.monotonic() + pause
        self.say(f"{child.name} {_ended(code)} after {lived:.1f} s; it starts again in {pause:g} s")

    def _put_down(self, child: Child) -> None:
        """End what is left of a child's session, show its last output, forget its pid."""
        process = child.process
        if process is None:
            return
        children.kill_group(process)
        process.wait()
        for key in [key for key in self._selector.get_map().values() if key.data is child]:
            self._read(key.fd, child)
            if key.fd in self._selector.get_map():
                self._selector.unregister(key.fd)
                os.close(key.fd)
        child.process = None
        left_overs.forget(self._pid_files, child.name)

    def _read(self, fd: int, child: Child) -> None:
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return
        *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
        if not data:
            self._selector.unregister(fd)
            os.close(fd)
            lines, child.unfinished_line = ([child.unfinished_line] if child.unfinished_line else []), b""
        for line in lines:
            text = line.decode("utf-8", errors="replace")
            child.last_lines.append(text)
            self._show(child.name, text)

    def _show(self, name: str, text: str) -> None:
        with suppress(BrokenPipeError):  # nobody reads any more (./run.sh | head): no reason to stop the service
            sys.stdout.write(f"{name:<{_NAME_WIDTH}} | {text}\n")
            sys.stdout.flush()

    def _on_stop_signal(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stop_asked_at is None:
            self._stop_asked_at = now
        elif number == signal.SIGINT and now - self._stop_asked_at > _SAME_KEYSTROKE_SECONDS:
            self._leave_at_once()

    def _leave_at_once(self) -> None:
        """The second Ctrl-C: no more patience. Servers still close their files; the rest is ended."""
        for child in self._children:
            if child.process is not None and child.process.poll() is None:
                if child.is_server:
                    children.ask_to_stop(child.process, child.command)
                else:
                    children.kill_group(child.process)
        os._exit(130)


def _process(child: Child) -> subprocess.Popen[bytes]:
    assert child.process is not None, f"{child.name} is not running"
    return child.process


def _ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
