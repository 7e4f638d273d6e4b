"""The engine's reference workload against the naive service and bare Dramatiq, interleaved round by round.

submit over HTTP (workers stopped) -> drain of what was submitted -> start after quiet -> sequential round trips.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Any

import requests

from tests.bench.kit import load
from tests.bench.kit.fleets import Bare, Fleet, Naive, Ours, fleets
from tests.bench.kit.meter import Meter, percentile, spread

ROUNDS = 3
SUBMIT_SECONDS = 3.0
DRAIN_JOBS = 20_000
NAIVE_DRAIN_JOBS = 5_000
QUIET_SECONDS = 1.2
QUIET_JOBS = 20
SEQUENTIAL_JOBS = 100
DRAIN_CAP_SECONDS = 60.0


def main() -> None:
    """Run it all and print the ratios."""
    with fleets(Ours, Naive, Bare) as (ours, naive, bare):
        assert isinstance(ours, Ours)
        assert isinstance(bare, Bare)
        submits: dict[str, list[tuple[load.Load, Meter]]] = {"millrace": [], "naive": []}
        drains: dict[str, list[tuple[float, float, float]]] = {"millrace": [], "naive": [], "bare": []}
        for _ in range(ROUNDS):
            for fleet in (naive, ours):
                api = fleet.start_api()
                submits[fleet.name].append(_submit(fleet))
                fleet.stop(api)
                if fleet is ours:
                    _top_up(ours, DRAIN_JOBS)
                drains[fleet.name].append(_drain(fleet, NAIVE_DRAIN_JOBS if fleet is naive else DRAIN_JOBS))
            bare.send(DRAIN_JOBS // 2)
            drains["bare"].append(_drain(bare, DRAIN_JOBS // 2))
        _print_submits(submits)
        _print_drains(drains)
        _latencies(ours)


def _submit(fleet: Fleet) -> tuple[load.Load, Meter]:
    with Meter() as meter:
        burst = load.burst(
            fleet.url,
            seconds=SUBMIT_SECONDS,
            body=fleet.body,
            authorization=fleet.authorization,
            idempotency=fleet.idempotency,
        )
    assert burst.bad == 0, f"{fleet.name}: {burst.bad} of {burst.requests} submits were refused"
    return burst, meter


def _top_up(ours: Ours, wanted: int) -> None:
    """Bring the backlog to `wanted` jobs through the engine's own submit."""
    from pipelines.engine.submit import Submission, submit_many

    missing = wanted - ours.waiting()
    one = Submission(workspace_id=ours.workspace_id, pipeline="diagnostics.echo", input={"value": 1})

    async def fill() -> None:
        for at in range(0, missing, 1000):
            await submit_many([one] * min(1000, missing - at))

    asyncio.run(fill())


def _drain(fleet: Fleet, most: int) -> tuple[float, float, float]:
    """(jobs/s, CPU-ms a job, others' share) from the first completions seen to the last, or to `most` of them."""
    before = fleet.completed()
    workers = fleet.start_workers()
    try:
        until = time.monotonic() + DRAIN_CAP_SECONDS
        while fleet.completed() - before < 50 and time.monotonic() < until:
            time.sleep(0.005)
        first = fleet.completed()
        with Meter() as meter:
            last = first
            while last - before < most and time.monotonic() < until:
                time.sleep(0.05)
                now = fleet.completed()
                if now == last and isinstance(fleet, Ours) and not fleet.waiting():
                    break
                last = now
        done = last - first
        return done / meter.seconds, meter.cpu * 1000 / max(done, 1), meter.others
    finally:
        fleet.stop(workers)


def _latencies(ours: Ours) -> None:
    api, workers = ours.start_api(), ours.start_workers()
    session = requests.Session()
    session.headers["Authorization"] = ours.authorization
    _round_trip(ours, session)
    quiet = []
    for _ in range(QUIET_JOBS):
        time.sleep(QUIET_SECONDS)
        quiet.append(_round_trip(ours, session))
    sequential = [_round_trip(ours, session) for _ in range(SEQUENTIAL_JOBS)]
    ours.stop(workers)
    ours.stop(api)
    starts = [start for start, _ in quiet]
    ends = [end for _, end in sequential]
    print(f"start after {QUIET_SECONDS} s of quiet, POST included: p50 {percentile(starts, 50):.1f} ms,"
          f" p99 {percentile(starts, 99):.1f} ms (targets 6, 20)")  # fmt: skip
    print(f"submit to completed, one after the other: p50 {percentile(ends, 50):.1f} ms,"
          f" p99 {percentile(ends, 99):.1f} ms (target p50 8)")  # fmt: skip


def _round_trip(ours: Ours, session: requests.Session) -> tuple[float, float]:
    """(ms from before the POST to the job's start, to its completion), both as the database saw them."""
    body = {"pipeline": "diagnostics.echo", "input": {"value": 1}}
    with ours.connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]
        answer: dict[str, Any] = session.post(ours.url, json=body, timeout=10).json()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            cursor.execute("SELECT started_at, finished_at FROM job WHERE id = %s AND finished_at IS NOT NULL",
                           (answer["job_id"],))  # fmt: skip
            found = cursor.fetchone()
            if found:
                now = time.monotonic()
                del now
                started, finished = ((moment - before).total_seconds() * 1000 for moment in found)
                return started, finished
            time.sleep(0.001)
    raise AssertionError(f"the job {answer['job_id']} did not end within 10 s")


def _print_submits(found: dict[str, list[tuple[load.Load, Meter]]]) -> None:
    print("\nsubmit over HTTP, 16 connections, workers stopped: median [min–max] of rounds")  # noqa: RUF001
    for name, rounds in found.items():
        print(f"  {name:9} {spread([one.rate for one, _ in rounds])} /s"
              f"  p50 {spread([one.p50_ms for one, _ in rounds])} ms  p99 {spread([one.p99_ms for one, _ in rounds])} ms"
              f"  CPU-ms {spread([meter.cpu * 1000 / one.requests for one, meter in rounds])}"
              f"  others {max(meter.others for _, meter in rounds):.0%}")  # fmt: skip
    ours, naive = found["millrace"], found["naive"]
    rate = median(a.rate / b.rate for (a, _), (b, _) in zip(ours, naive, strict=True))
    p99 = median(a.p99_ms / b.p99_ms for (a, _), (b, _) in zip(ours, naive, strict=True))
    print(f"  millrace / naive: rate {rate:.2f} (target 1.6, stretch 2.2), p99 {p99:.2f} (target 0.8)")


def _print_drains(found: dict[str, list[tuple[float, float, float]]]) -> None:
    print("\ndrain of no-op jobs, 2 worker processes x 8 threads")
    for name, rounds in found.items():
        print(f"  {name:9} {spread([rate for rate, _, _ in rounds])} jobs/s"
              f"  CPU-ms {spread([cpu for _, cpu, _ in rounds])}"
              f"  others {max(others for _, _, others in rounds):.0%}")  # fmt: skip
    for other, target in (("naive", "4, stretch 8"), ("bare", "1.0")):
        pairs = zip(found["millrace"], found[other], strict=True)
        print(f"  millrace / {other}: {median(a[0] / b[0] for a, b in pairs):.2f} (target {target})")


if __name__ == "__main__":
    main()
