"""A long backlog: how quickly it drains, and what a submit beside it takes, with 10,000 and with 1,000,000 jobs waiting.

Both wait in 100 workspaces. The order is small, large, small, so that the machine's drift falls on both alike.
"""

from __future__ import annotations

import time
from statistics import median

from tests.bench.kit import backlog, load
from tests.bench.kit.fleets import Ours, fleets, scalar
from tests.bench.kit.meter import Meter, spread

SMALL = 10_000
WORKSPACES = 100
DRAIN_SECONDS = 4.0  # at most; a small backlog is measured until 8,000 of it are done
DRAINED = 8_000
BURST_SECONDS = 2

Found = list[tuple[float, float, float, float]]


def main(*, rounds: int = 3, jobs: int = 1_000_000) -> None:
    """Run it and print rates and ratios."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        small = _rounds(ours, rounds, SMALL)
        large = _rounds(ours, rounds, jobs)
        small += _rounds(ours, rounds, SMALL)
    print(f"\n{WORKSPACES} workspaces: median [min–max] of rounds")
    for number, found in ((SMALL, small), (jobs, large)):
        print(f"  {number:9,} waiting: drain {spread([one[0] for one in found])} jobs/s, CPU-ms"
              f" {spread([one[1] for one in found])}; submit p99 {spread([one[2] for one in found])} ms,"
              f" CPU-ms {spread([one[3] for one in found])}")  # fmt: skip
    rate, cpu, p99, submit_cpu = (
        median(one[at] for one in large) / median(one[at] for one in small) for at in range(4)
    )
    print(f"  large / small: drain {rate:.2f} (target 0.8), its CPU {cpu:.2f}; submit p99 {p99:.2f} (target 1.3),"
          f" its CPU {submit_cpu:.2f}")  # fmt: skip


def _rounds(ours: Ours, rounds: int, waiting: int) -> Found:
    """(jobs/s, CPU-ms a job, submit p99 in ms while it drains, CPU-ms of submits and drain together a job)."""
    backlog.clear(ours.connection)
    found: Found = []
    for _ in range(rounds):
        _refill(ours, waiting)
        rate, cpu = _drain(ours)
        _refill(ours, waiting)
        p99, both = _submit_beside(ours)
        found.append((rate, cpu, p99, both))
        print(f"{waiting:9,} waiting: drain {rate:.0f} /s, CPU-ms {cpu:.3f}; submit p99 {p99:.1f} ms", flush=True)
    return found


def _refill(ours: Ours, waiting: int) -> None:
    missing = waiting - int(scalar(ours.connection, "SELECT count(*) FROM task"))
    if missing > waiting // 100:
        backlog.fill(ours.connection, missing, workspaces=WORKSPACES)


def _drain(ours: Ours) -> tuple[float, float]:
    workers = ours.start_workers()
    _until(ours, 500)
    begun = ours.completed()
    with Meter() as meter:
        until = time.monotonic() + DRAIN_SECONDS
        while (done := ours.completed() - begun) < DRAINED and time.monotonic() < until:
            time.sleep(0.05)
    ours.stop(workers)
    return done / meter.seconds, meter.cpu * 1000 / done


def _submit_beside(ours: Ours) -> tuple[float, float]:
    api, workers = ours.start_api(), ours.start_workers()
    _until(ours, 200)
    begun = ours.completed()
    with Meter() as meter:
        burst = load.burst(
            ours.url, seconds=BURST_SECONDS, body=ours.body, authorization=ours.authorization, idempotency=True
        )
        done = ours.completed() - begun
    ours.stop(workers)
    ours.stop(api)
    assert burst.bad == 0, f"{burst.bad} of {burst.requests} submits were refused"
    return burst.p99_ms, meter.cpu * 1000 / (burst.requests + done)


def _until(ours: Ours, completed: int) -> None:
    until = time.monotonic() + 30
    while ours.completed() < completed:
        assert time.monotonic() < until, "the workers did not begin within 30 s"
        time.sleep(0.01)
