"""The engine's reference workload against the naive service and bare Dramatiq, interleaved round by round.

submit over HTTP (workers stopped) -> drain of a backlog -> start after quiet -> sequential round trips.
"""

from __future__ import annotations

import time
from statistics import median

import requests

from tests.bench.kit import load
from tests.bench.kit.fleets import Bare, Fleet, Naive, Ours, fleets, scalar
from tests.bench.kit.meter import Meter, percentile, spread

SUBMIT_SECONDS = 3
DRAIN_JOBS = {"millrace": 20_000, "naive": 4_000, "bare": 10_000}
DRAIN_CAP_SECONDS = 60.0
FIRST_SEEN = 50  # a drain is measured from this many completions on, when both processes have begun
QUIET_SECONDS = 1.2
QUIET_JOBS = 30
SEQUENTIAL_JOBS = 100

Submit = tuple[load.Load, Meter]
Drain = tuple[int, Meter]


def main(*, rounds: int = 3) -> None:
    """Run it all and print each round, then the ratios."""
    with fleets(Ours, Naive, Bare) as (ours, naive, bare):
        assert isinstance(ours, Ours)
        submits: dict[str, list[Submit]] = {"millrace": [], "naive": []}
        drains: dict[str, list[Drain]] = {"millrace": [], "naive": [], "bare": []}
        for _ in range(rounds):
            for fleet in (naive, ours, bare):
                if fleet is not bare:
                    submits[fleet.name].append(_submit(fleet))
                fleet.top_up(DRAIN_JOBS[fleet.name])
                drains[fleet.name].append(drain(fleet, DRAIN_JOBS[fleet.name]))
        _print_submits(submits)
        _print_drains(drains)
        _latencies(ours)


def _submit(fleet: Fleet) -> Submit:
    api = fleet.start_api()
    load.burst(fleet.url, seconds=1, body=fleet.body, authorization=fleet.authorization, idempotency=fleet.idempotency)
    with Meter() as meter:
        burst = load.burst(
            fleet.url,
            seconds=SUBMIT_SECONDS,
            body=fleet.body,
            authorization=fleet.authorization,
            idempotency=fleet.idempotency,
        )
    fleet.stop(api)
    assert burst.bad == 0, f"{fleet.name}: {burst.bad} of {burst.requests} submits were refused"
    print(
        f"submit  {fleet.name:9} {burst.rate:6.0f} /s, p99 {burst.p99_ms:.0f} ms, CPU-ms {meter.each(burst.requests)}",
        flush=True,
    )
    return burst, meter


def drain(fleet: Fleet, most: int) -> Drain:
    """(jobs, meter) from the first completions seen to the last, or to `most` of them."""
    workers = fleet.start_workers()
    until = time.monotonic() + DRAIN_CAP_SECONDS
    try:
        while (first := fleet.completed()) < FIRST_SEEN and time.monotonic() < until:
            time.sleep(0.005)
        with Meter() as meter:
            last = first
            while last < most and time.monotonic() < until:
                time.sleep(0.05)
                now = fleet.completed()
                if now == last and not fleet.waiting():
                    break
                last = now
    finally:
        fleet.stop(workers)
    done = last - first
    assert done > 0, f"{fleet.name}: nothing was done within {DRAIN_CAP_SECONDS} s\n{fleet.output()}"
    print(f"drain   {fleet.name:9} {done / meter.seconds:6.0f} /s, {done} jobs, CPU-ms {meter.each(done)}", flush=True)
    return done, meter


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
    print(f"\nstart after {QUIET_SECONDS} s of quiet, POST included: p50 {percentile(starts, 50):.1f} ms,"
          f" p99 {percentile(starts, 99):.1f} ms (targets 6, 20)")  # fmt: skip
    print(f"submit to completed and committed, one after the other: p50 {percentile(ends, 50):.1f} ms,"
          f" p99 {percentile(ends, 99):.1f} ms (target p50 8, stretch 5)")  # fmt: skip


def _round_trip(ours: Ours, session: requests.Session) -> tuple[float, float]:
    """(ms from before the POST to the job's start as its row says, to the moment its end can be read).

    A job this short is written once, so its row says that it began when its end was written: what is told is
    a little more than the truth.
    """
    body = {"pipeline": "diagnostics.echo", "input": {"value": 1}}
    with ours.connection.cursor() as cursor:
        before, clock = scalar(ours.connection, "SELECT clock_timestamp()"), time.perf_counter()
        job_id = session.post(ours.url, json=body, timeout=10).json()["job_id"]
        while time.perf_counter() - clock < 10:
            cursor.execute("SELECT started_at FROM job WHERE id = %s AND state = 'completed'", (job_id,))
            found = cursor.fetchone()
            if found:
                return (found[0] - before).total_seconds() * 1000, (time.perf_counter() - clock) * 1000
            time.sleep(0.0005)
    raise AssertionError(f"the job {job_id} did not end within 10 s")


def _print_submits(found: dict[str, list[Submit]]) -> None:
    print("\nsubmit over HTTP, 16 connections, workers stopped: median [min–max] of rounds")
    for name, rounds in found.items():
        print(f"  {name:9} {spread([one.rate for one, _ in rounds])} /s"
              f"  p50 {spread([one.p50_ms for one, _ in rounds])} ms  p99 {spread([one.p99_ms for one, _ in rounds])} ms"
              f"  CPU-ms {spread([meter.cpu * 1000 / one.requests for one, meter in rounds])}"
              f"  others {max(meter.others for _, meter in rounds):.0%}")  # fmt: skip
    pairs = list(zip(found["millrace"], found["naive"], strict=True))
    rate = median(a.rate / b.rate for (a, _), (b, _) in pairs)
    p99 = median(a.p99_ms / b.p99_ms for (a, _), (b, _) in pairs)
    cpu = median((a.cpu / one.requests) / (b.cpu / other.requests) for (one, a), (other, b) in pairs)
    print(f"  millrace / naive: rate {rate:.2f} (target 1.6, stretch 2.2), p99 {p99:.2f} (target 0.8), CPU {cpu:.2f}"
          " (CPU-ms target 0.60)")  # fmt: skip


def _print_drains(found: dict[str, list[Drain]]) -> None:
    print("\ndrain of no-op jobs, 2 worker processes x 8 threads")
    for name, rounds in found.items():
        print(f"  {name:9} {spread([done / meter.seconds for done, meter in rounds])} jobs/s"
              f"  CPU-ms {spread([meter.cpu * 1000 / done for done, meter in rounds])}"
              f"  others {max(meter.others for _, meter in rounds):.0%}")  # fmt: skip
    for other, target in (("naive", "4, stretch 8"), ("bare", "1.0")):
        pairs = list(zip(found["millrace"], found[other], strict=True))
        rate = median((a / m.seconds) / (b / n.seconds) for (a, m), (b, n) in pairs)
        cpu = median((m.cpu / a) / (n.cpu / b) for (a, m), (b, n) in pairs)
        print(f"  millrace / {other}: rate {rate:.2f} (target {target}), CPU {cpu:.2f} (CPU-ms stretch 0.25)")
