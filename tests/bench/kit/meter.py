"""CPU time of our processes and of everybody else's, read from /proc; Linux only."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

TICKS = os.sysconf("SC_CLK_TCK")
PARTS = {  # the first word found in a command line names the part
    "postgres": "Postgres",
    "valkey": "Valkey",
    "/wrk": "load",
    "gunicorn": "API",
    "workers.scheduler": "scheduler",
    "workers.child": "workers",
    "workers.main": "workers",
    "dramatiq": "workers",
}


class Process(Struct, frozen=True):
    """One of our processes: CPU seconds of its own and of the children it has buried, and its command line."""

    parent: int
    cpu: float
    command: str

    @property
    def part(self) -> str:
        return next((part for word, part in PARTS.items() if word in self.command), "load")


class Meter:
    """`with Meter() as m: …` -> m.seconds, m.cpu (ours: this process and its descendants), m.by (the same by part),
    m.others (share of the machine that somebody else used, 0..1)."""

    seconds = 0.0
    cpu = 0.0
    others = 0.0

    def __init__(self) -> None:
        self.by: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._started, self._ours, self._all = time.perf_counter(), cpu_by_part(), busy_seconds()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.seconds = time.perf_counter() - self._started
        self.by = {part: used - self._ours.get(part, 0.0) for part, used in cpu_by_part().items()}
        self.cpu = sum(self.by.values())
        cores = os.cpu_count() or 1
        self.others = max(0.0, (busy_seconds() - self._all - self.cpu) / self.seconds / cores)

    def each(self, number: int) -> str:
        """CPU-ms of each part for one of `number` jobs or requests, the largest first."""
        shares = sorted(self.by.items(), key=lambda one: -one[1])
        return ", ".join(f"{part} {used * 1000 / number:.3f}" for part, used in shares if used * 1000 / number > 0.0005)


def our_processes() -> dict[int, Process]:
    """This process and all its descendants that live, by pid."""
    known: dict[int, Process] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                command = (entry / "cmdline").read_text(errors="replace").replace("\0", " ")
                cpu = sum(map(int, fields[11:15])) / TICKS
                known[int(entry.name)] = Process(int(fields[1]), cpu, command)
    return {pid: process for pid, process in known.items() if _descends(pid, known)}


def cpu_by_part() -> dict[str, float]:
    """CPU seconds used so far by each part of what is ours."""
    used: dict[str, float] = {}
    for pid, process in our_processes().items():
        part = "load" if pid == os.getpid() else process.part
        used[part] = used.get(part, 0.0) + process.cpu
    return used


def busy_seconds() -> float:
    """CPU seconds used so far by the whole machine."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def private_bytes(pid: int) -> int:
    """Memory that a process alone has (USS): what it would give back."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_"):
            total += int(line.split()[1]) * 1024
    return total


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))] if ordered else float("nan")


def spread(values: list[float]) -> str:
    """`median [smallest–largest]`."""
    return f"{median(values):.4g} [{min(values):.4g}–{max(values):.4g}]"


def _descends(pid: int, known: dict[int, Any]) -> bool:
    ancestor = os.getpid()
    while pid in known:
        if pid == ancestor:
            return True
        pid = known[pid].parent
    return False


def timed(call: Callable[[], Any], times: int) -> list[tuple[float, Any]]:
    """(seconds, answer) of so many calls, one after the other."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        answer = call()
        found.append((time.perf_counter() - began, answer))
    return found
