"""The keeper: starts worker processes, renews their leases, and knows at once when one dies.

It is a process of its own, so nothing a task does to its interpreter can stop a lease from being renewed.
Age is never proof of death: a dead process is one whose pipe has ended. A task that was told to stop and
does not, or that runs past its deadline, costs its process; only that task is charged for it.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import time
from typing import Any

from msgspec import Struct

from store.jobs import leases
from store.jobs.wake import Pusher
from store.kit import db, log
from store.kit.ids import new_id
from store.kit.settings import settings

logger = log.get("workers.keeper")
RESTART_SECONDS = (0.1, 10.0)  # back-off of restarts: from, to
STEADY_SECONDS = 30.0  # a process that lived this long starts a new back-off
LEAVE_SECONDS = 11.0  # what a process may take, after its grace, to write what it has and go


class Child(Struct, eq=False):
    """One worker process and the pipes to it."""

    id: str
    process: subprocess.Popen[bytes]
    life: int
    started: float
    told: dict[int, float]
    culprits: list[int] | None = None
    leave_by: float | None = None


class Keeper:
    """Keeps `processes` worker processes alive, each serving `lanes` with `threads`; `child` is the module they run."""

    def __init__(self, lanes: list[str], *, processes: int, threads: int, child: str = "workers.child") -> None:
        self._lanes = lanes
        self._module = child
        self._threads = threads
        self._wanted = processes
        self._children: dict[str, Child] = {}
        self._session = db.Session({}, application="millrace keeper")
        self._pusher = Pusher()
        self._selector = selectors.DefaultSelector()
        self._start_at = 0.0
        self._back_off = RESTART_SECONDS[0]
        self._renew_at = 0.0
        self._stopping = False
        self._to_release: list[Child] = []
        self._woken, self._wake = os.pipe()
        self._selector.register(self._woken, selectors.EVENT_READ)

    def run(self) -> None:
        """Keep until `stop` is called and every process has ended."""
        while True:
            if not self._stopping:
                self._start_missing()
            elif self._children or self._to_release:
                self._ask_to_leave()
            else:
                return
            for key, _ in self._selector.select(self._pause()):
                if key.data is None:
                    os.read(self._woken, 64)
                else:
                    self._buried(key.data)
            # A pipe that a grandchild holds open does not end with the process.
            for child in [child for child in self._children.values() if child.process.poll() is not None]:
                self._buried(child)
            self._tend()

    def stop(self) -> None:
        """Ask every process to finish what runs and end; may be called from a signal handler."""
        self._stopping = True
        os.write(self._wake, b"!")

    def _ask_to_leave(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.leave_by is None:
                child.leave_by = now + settings().engine.grace_seconds + LEAVE_SECONDS
                _say(child, "stop")
            elif now > child.leave_by:  # its interpreter is held: it hears nothing
                self._end(child, "it does not leave", culprits=[])

    def _pause(self) -> float:
        pause = settings().engine.keeper_seconds
        if not self._stopping and len(self._children) < self._wanted:
            pause = min(pause, max(self._start_at - time.monotonic(), 0.01))
        return 0.1 if self._to_release or self._stopping else pause

    def _start_missing(self) -> None:
        while len(self._children) < self._wanted and time.monotonic() >= self._start_at:
            worker_id = new_id("worker")
            try:
                # Registered before it runs: a claim by an unknown worker is refused.
                leases.register(
                    self._session.cursor(), worker_id, host=socket.gethostname(), pid=os.getpid(),
                    lanes=self._lanes, threads=self._threads,
                )  # fmt: skip
            except db.OUTAGES as error:
                self._session.reset()
                logger.warning("worker.waiting", error=type(error).__name__)
                self._start_at = time.monotonic() + 0.5
                return
            self._spawn(worker_id)
            self._pusher.push([], waiting=self._lanes)

    def _spawn(self, worker_id: str) -> None:
        read_end, write_end = os.pipe()
        command = [sys.executable, "-m", self._module, "--id", worker_id, "--lanes", ",".join(self._lanes),
                   "--threads", str(self._threads)]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(write_end,), start_new_session=True)
        os.close(write_end)
        child = Child(id=worker_id, process=process, life=read_end, started=time.monotonic(), told={})
        self._children[worker_id] = child
        self._selector.register(read_end, selectors.EVENT_READ, child)

    def _buried(self, child: Child) -> None:
        """A process's pipe has ended: it is dead (or is now, having let go of us), and its tasks are free."""
        self._selector.unregister(child.life)
        os.close(child.life)
        child.process.kill()
        code = child.process.wait()
        if child.process.stdin:
            child.process.stdin.close()
        del self._children[child.id]
        self._to_release.append(child)
        if self._stopping and code == 0:
            return
        logger.warning("worker.died", worker_id=child.id, code=code)
        if time.monotonic() - child.started > STEADY_SECONDS:
            self._back_off = RESTART_SECONDS[0]
        self._start_at = time.monotonic() + self._back_off
        self._back_off = min(self._back_off * 2, RESTART_SECONDS[1])

    def _tend(self) -> None:
        """Free what dead processes held, renew the leases of the living, pass on what must stop."""
        try:
            cursor = self._session.cursor()
            while self._to_release:
                child = self._to_release[0]
                lanes = leases.release(cursor, child.id, culprits=child.culprits)
                self._to_release.pop(0)
                self._pusher.push([], waiting=lanes)
            ids = list(self._children)
            if ids and time.monotonic() >= self._renew_at:
                known = leases.renew(cursor, ids)
                self._renew_at = time.monotonic() + settings().engine.lease_seconds / 3
                for worker_id in set(ids) - known:  # given up as dead while this machine was asleep
                    self._end(self._children[worker_id], "lease lost", culprits=[])
            self._stop_tasks(cursor, ids)
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("keeper.postponed", error=type(error).__name__)
            time.sleep(0.2)

    def _stop_tasks(self, cursor: Any, ids: list[str]) -> None:
        due: dict[str, dict[int, str]] = {}
        for worker_id, task_id, reason, _ in leases.to_stop(cursor, ids) if ids else ():
            due.setdefault(worker_id, {})[task_id] = reason
        now = time.monotonic()
        for worker_id, child in list(self._children.items()):
            tasks = due.get(worker_id, {})
            child.told = {task_id: child.told.get(task_id, now) for task_id in tasks}
            overdue = [task_id for task_id, since in child.told.items() if now - since > settings().engine.stop_seconds]
            if overdue:
                self._end(child, "a task does not stop", culprits=overdue)
                continue
            for task_id, reason in tasks.items():
                _say(child, f"{reason} {task_id}")

    def _end(self, child: Child, why: str, *, culprits: list[int]) -> None:
        logger.warning("worker.killed", worker_id=child.id, why=why, tasks=culprits)
        child.culprits = culprits
        child.process.kill()


def _say(child: Child, line: str) -> None:
    try:
        if child.process.stdin:
            child.process.stdin.write(line.encode() + b"\n")
            child.process.stdin.flush()
    except OSError:  # it has just died; its pipe's end says so in a moment
        logger.info("worker.deaf", worker_id=child.id)
