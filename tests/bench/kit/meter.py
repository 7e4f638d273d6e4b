"""CPU time of our processes and of everybody else's, read from /proc; Linux only."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from types import TracebackType

TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """`with Meter() as m: …` -> m.seconds, m.cpu (ours: this process and its descendants), m.others (share of the
    machine that somebody else used, 0..1)."""

    seconds = 0.0
    cpu = 0.0
    others = 0.0

    def __enter__(self) -> Meter:
        self._started, self._ours, self._all = time.perf_counter(), our_cpu_seconds(), busy_seconds()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.seconds = time.perf_counter() - self._started
        self.cpu = our_cpu_seconds() - self._ours
        cores = os.cpu_count() or 1
        self.others = max(0.0, (busy_seconds() - self._all - self.cpu) / self.seconds / cores)


def our_cpu_seconds() -> float:
    """CPU seconds used so far by this process and all its descendants that live, and those they have buried."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
                used[int(entry.name)] = sum(map(int, fields[11:15])) / TICKS
    return sum(used.get(pid, 0.0) for pid in family(os.getpid(), children))


def family(pid: int, children: dict[int, list[int]]) -> set[int]:
    """`pid` and its descendants."""
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return found


def busy_seconds() -> float:
    """CPU seconds used so far by the whole machine."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))] if ordered else float("nan")


def spread(values: list[float]) -> str:
    """`median [smallest–largest]`."""
    return f"{median(values):.4g} [{min(values):.4g}–{max(values):.4g}]"  # noqa: RUF001
