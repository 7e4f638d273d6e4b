"""Tracking runs: one a request beside the engine's submits, and in batches of 1,000; then what counting them takes.

Inputs and outputs have 300 bytes. The scheduler is stopped meanwhile, so that counting is measured by itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from store.kit.settings import ROOT
from tests.bench.kit import batches, load
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter

PATH = "/api/integrations/run"
BATCH, CONNECTIONS = 1000, 4
TARGET = 20_000
SINGLE_SECONDS = 3.0


def main(*, seconds: float = 60.0) -> None:
    """Print rates and CPU."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env["MILLRACE_LIMITS__SURFACES__RUNS__PLANS"] = "{}"
        ours.stop(ours.processes[0])
        api = ours.start_api()
        _singles(ours)
        _count(ours)
        for keyed in (False, True):
            _batches(ours, seconds if not keyed else min(seconds, 20.0), is_keyed=keyed)
            _count(ours)
        ours.stop(api)


def _singles(ours: Ours) -> None:
    one = json.loads(batches.body(1, is_keyed=False))[0]
    rates: dict[str, load.Load] = {}
    for name, url, body in (("submit", ours.url, ours.body), ("run", _url(ours), json.dumps(one))) * 2:
        with Meter() as meter:
            rates[name] = load.burst(
                url, seconds=SINGLE_SECONDS, body=body, authorization=ours.authorization, idempotency=name == "submit"
            )
        told = rates[name]
        assert told.bad == 0, f"{told.bad} of {told.requests} were refused\n{ours.output()}"
        print(f"one a request: {name:6} {told.rate:6.0f} /s, p99 {told.p99_ms:.1f} ms, CPU-ms"
              f" {meter.each(told.requests)}", flush=True)  # fmt: skip
    print(f"run / submit: {rates['run'].rate / rates['submit'].rate:.2f} (target 1.0)")


def _batches(ours: Ours, seconds: float, *, is_keyed: bool) -> None:
    argv = [sys.executable, "-m", "tests.bench.kit.batches", _url(ours), ours.authorization]
    more = [str(CONNECTIONS), str(BATCH), "keyed" if is_keyed else "plain"]
    subprocess.run([*argv, "2", *more], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with Meter() as meter:
        done = subprocess.run([*argv, f"{seconds:g}", *more], cwd=ROOT, check=True, capture_output=True, text=True)
    requests, accepted, took, slowest = (float(word) for word in done.stdout.split())
    rate = accepted / took
    print(f"in batches of {BATCH:,}{', each with a runId' if is_keyed else ''}: {rate:,.0f} runs/s for {took:.0f} s"
          f" (target {TARGET:,}: {'met' if rate >= TARGET else 'MISSED'}), slowest request {slowest:.0f} ms,"
          f" CPU-ms a thousand runs {meter.each(int(requests))}, others {meter.others:.0%}", flush=True)  # fmt: skip


def _count(ours: Ours) -> None:
    from pipelines.runs.counter import Counter

    runs = int(ours.count("run"))
    counting, began = Counter(), time.monotonic()
    waiting = ours.count("run_feed")
    with Meter() as meter:
        counting.round()
    took = time.monotonic() - began
    counting.close()
    counted = _sum(ours)
    assert counted == runs, f"{counted} of {runs} runs are counted"
    ours.counted = getattr(ours, "counted", 0)  # type: ignore[attr-defined]
    new = counted - ours.counted  # type: ignore[attr-defined]
    ours.counted = counted  # type: ignore[attr-defined]
    print(f"  counting {new:,} runs of {waiting:,} batches: {new / took:,.0f} runs/s, CPU-ms a thousand runs"
          f" {meter.each(max(new // 1000, 1))}", flush=True)  # fmt: skip


def _sum(ours: Ours) -> int:
    with ours.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(runs), 0)::bigint FROM run_total WHERE minutes = 1440")
        return int(cursor.fetchone()[0])


def _url(ours: Ours) -> str:
    return f"http://127.0.0.1:{ours.port}{PATH}"
