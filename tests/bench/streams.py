"""1,000 idle event streams: what they weigh, what they do to polls beside them, how soon an event reaches the last."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median
from typing import Any

import requests

from store.kit.clock import rfc3339, utc_now
from tests.bench.kit import load
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter, our_processes, private_bytes, spread
from tests.bench.kit.streams import listeners
from tests.kit.eventually import eventually

STREAMS = 1000
SECONDS = 3
MEGABYTE = 1024 * 1024


def main(*, rounds: int = 3) -> None:
    """Run it and print weights and ratios."""
    found: dict[str, list[float]] = {name: [] for name in ("memory", "p50", "p99", "first", "last", "cpu")}
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.start_api()
        session = requests.Session()
        session.headers["Authorization"] = ours.authorization
        _round(ours, session, streams=20)  # the first streams also load what the rest share
        for _ in range(rounds):
            for name, value in _round(ours, session, streams=STREAMS).items():
                found[name].append(value)
    print(f"\n{STREAMS} idle streams on 2 API processes: median [min–max] of {rounds} rounds")
    print(f"  memory {max(found['memory']):.2f} MB per 100 streams at most, later ones reuse it (target 3)")
    print(f"  polls with / without: p50 {spread(found['p50'])} (target 1.2),"
          f" p99 {spread(found['p99'])} (target 3, stretch 1.5)")  # fmt: skip
    print(f"  an event, from before the request that causes it: first stream {spread(found['first'])} ms,"
          f" last {spread(found['last'])} ms (target 60); {spread(found['cpu'])} CPU-ms in the API")  # fmt: skip


def _round(ours: Ours, session: requests.Session, *, streams: int) -> dict[str, float]:
    """Memory in MB per 100 streams, ratios of polls with streams to polls before and after, ms to the streams,
    CPU-ms of the API for telling them."""
    body = {"pipeline": "diagnostics.echo", "input": {"value": 1}, "run_at": rfc3339(utc_now() + timedelta(hours=1))}
    job_id = session.post(ours.url, json=body, timeout=10).json()["job_id"]
    job = f"{ours.url}/{job_id}"
    before, weighed = _polls(ours, job), _memory()
    with listeners(ours.port, f"/v1/jobs/{job_id}/events", ours.authorization, streams) as open_streams:
        time.sleep(1)
        memory = (_memory() - weighed) / MEGABYTE / (streams / 100)
        beside = _polls(ours, job)
        with Meter() as meter:
            sent = time.perf_counter()
            session.post(f"{job}/cancel", timeout=10).raise_for_status()
            eventually(lambda: len(open_streams.heard) == streams, within_s=10, what="the event at every stream")
        heard = sorted(open_streams.heard)
    after = _polls(ours, job)
    without = {at: median((getattr(before, at), getattr(after, at))) for at in ("p50_ms", "p99_ms")}
    told = {
        "memory": memory,
        "p50": beside.p50_ms / without["p50_ms"],
        "p99": beside.p99_ms / without["p99_ms"],
        "first": (heard[0] - sent) * 1000,
        "last": (heard[-1] - sent) * 1000,
        "cpu": meter.by["API"] * 1000,
    }
    print("round: " + ", ".join(f"{name} {value:.2f}" for name, value in told.items()), flush=True)
    return told


def _polls(ours: Ours, url: str) -> load.Load:
    burst = load.burst(url, seconds=SECONDS, method="GET", authorization=ours.authorization)
    assert burst.bad == 0, f"{burst.bad} of {burst.requests} polls were refused"
    return burst


def _memory() -> int:
    """Bytes that the API's processes have for themselves."""
    pids: list[Any] = [pid for pid, process in our_processes().items() if process.part == "API"]
    return sum(private_bytes(pid) for pid in pids)
