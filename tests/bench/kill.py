"""A worker process killed in the middle of a long drain: how soon its tasks run again, and what it costs.

Two drains of the same length, without and with the kill. Effects are counted by the log: a job that has two
`job.completed` lines was done twice, one that has none and no task is lost.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from msgspec import Struct

from tests.bench.kit import backlog
from tests.bench.kit.fleets import Ours, fleets, scalar
from tests.bench.kit.meter import Meter, our_processes

JOBS_PER_SECOND = 8_000  # what the backlog is sized to
WORKSPACES = 100
WATCH_SECONDS = 20.0

HELD = """
SELECT coalesce(array_agg(id), '{}') FROM task WHERE worker_id = %s AND state = 'running'
"""
STILL_HELD = "SELECT count(*) FROM task WHERE id = ANY (%s) AND (worker_id = %s OR state <> 'running')"
TWICE = """
SELECT count(*) FROM (SELECT job_id FROM event WHERE type = 'job.completed' GROUP BY job_id HAVING count(*) > 1) AS t
"""
LOST = """
SELECT count(*) FROM job j WHERE state IN ('queued', 'running') AND NOT EXISTS (SELECT FROM task t WHERE t.job_id = j.id)
"""
UNTOLD = """
SELECT count(*) FROM job j WHERE state = 'completed'
   AND NOT EXISTS (SELECT FROM event e WHERE e.job_id = j.id AND e.type = 'job.completed')
"""


class Drain(Struct, frozen=True):
    """What a drain gave; times are in seconds after the kill, None without one."""

    rate: float
    cpu_ms: float
    held: int | None
    again_after: float | None


def main(*, seconds: float = 60.0) -> None:
    """Run both drains and print the ratio, then count."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        whole = _drain(ours, seconds, kill=False)
        torn = _drain(ours, seconds, kill=True)
        twice, lost, untold = (scalar(ours.connection, sql) for sql in (TWICE, LOST, UNTOLD))
        done = ours.count("job WHERE state = 'completed'")
        failed = ours.count("job WHERE state IN ('failed', 'cancelled')")
    print(f"drain of {seconds:.0f} s: {whole.rate:.0f} jobs/s undisturbed (CPU-ms {whole.cpu_ms:.3f}),"
          f" {torn.rate:.0f} with one of two worker processes killed (CPU-ms {torn.cpu_ms:.3f}):"
          f" {torn.rate / whole.rate:.2f} (target 0.9)")  # fmt: skip
    print(f"it held {torn.held} tasks; all of them ran again within {torn.again_after:.2f} s (target 3)")
    print(f"of {done} completed jobs {twice} were done twice, {lost + untold} were lost, {failed} failed (targets 0)")


def _drain(ours: Ours, seconds: float, *, kill: bool) -> Drain:
    wanted = round(seconds * JOBS_PER_SECOND)
    waiting = ours.waiting()
    if waiting < wanted:
        backlog.fill(ours.connection, wanted - waiting, workspaces=WORKSPACES)
    workers = ours.start_workers()
    try:
        until = time.monotonic() + 30
        while ours.completed() < 500:
            assert time.monotonic() < until, "the workers did not begin within 30 s"
            time.sleep(0.01)
        begun, held, again_after = ours.completed(), None, None
        with Meter() as meter:
            end = time.monotonic() + seconds
            if kill:
                time.sleep(seconds / 3)
                held, again_after = _kill_one(ours)
            time.sleep(max(end - time.monotonic(), 0))
            done = ours.completed() - begun
    finally:
        ours.stop(workers)
    return Drain(done / meter.seconds, meter.cpu * 1000 / done, held, again_after)


def _kill_one(ours: Ours) -> tuple[int, float]:
    """(tasks it held, seconds until the last of them was in another process's hands or done)."""
    pid, worker_id = next(
        (pid, process.command.split("--id ")[1].split()[0])
        for pid, process in our_processes().items()
        if "workers.child" in process.command
    )
    held: list[int] = []
    until = time.monotonic() + WATCH_SECONDS
    while not held and time.monotonic() < until:  # stopped first, so that what it holds does not change meanwhile
        os.kill(pid, signal.SIGSTOP)
        held = scalar(ours.connection, HELD, worker_id)
        if not held:
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.003)
    assert held, "the process held no task whenever it was looked at"
    os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    while _still_held(ours.connection, held, worker_id):
        assert time.monotonic() - killed < WATCH_SECONDS, f"its tasks did not run again within {WATCH_SECONDS} s"
        time.sleep(0.005)
    return len(held), time.monotonic() - killed


def _still_held(connection: Any, held: list[int], worker_id: str) -> int:
    return int(scalar(connection, STILL_HELD, held, worker_id))
