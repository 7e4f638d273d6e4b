"""Reading runs: the overview with a tenth of the runs and with all of them over 90 days, and an export of a million rows.

The generator writes runs of one workspace by SQL, in the order of their time and a thousand a batch, as they would have
come, and the counter counts them.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from statistics import quantiles

import psutil
import requests

from store.kit.clock import rfc3339, utc_now
from store.runs import pages
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter, private_bytes

DAYS = 90
CALLS = 200
TARGET_MS, TARGET_ROWS = 25.0, 50_000
EXPORTED = 1_000_000
SETTLE_SECONDS = 30.0  # for Postgres to write out what the generator left, rather than beside what is measured
CHUNK = 200_000  # runs of one statement of the generator

FILL = """
WITH feed AS (
    INSERT INTO run_feed (runs) SELECT 1000 FROM generate_series(1, %(batches)s) RETURNING batch
), numbered AS (SELECT batch, row_number() OVER (ORDER BY batch) - 1 AS number FROM feed)
INSERT INTO run (workspace_id, at, batch, place, prompt_id, model, provider, success, tokens, cost, latency_us, input, output)
SELECT %(workspace)s, now() - %(days)s * interval '1 day' * (1 - (%(at)s + number * 1000 + place) / %(whole)s::float8), batch, place, 'prompt-' || place %% 20,
       (ARRAY['gpt-4', 'gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'claude-sonnet-4-5'])[place %% 5 + 1], 'openai', place %% 50 > 0,
       150, 4500000, (200000 + random() * 3000000)::bigint, repeat('x', 300), repeat('y', 300)
  FROM numbered, generate_series(0, 999) AS place
"""


def main(*, jobs: int = 10_000_000) -> None:
    """Fill, ask, export; `jobs` is how many runs there are in the end."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env["MILLRACE_LIMITS__SURFACES__RUNS__PLANS"] = "{}"
        ours.env["MILLRACE_RUNS__STREAM_RUNS"] = "1000000000"
        ours.stop(ours.processes[0])
        from store.runs import partitions

        partitions.ensure()
        api = ours.start_api()
        session = requests.Session()
        session.headers["Authorization"] = ours.authorization
        found = []
        for number in (jobs // 10, jobs):
            _fill(ours, number)
            found.append(_overview(ours, session, number))
        print(f"with {jobs:,} runs / with {jobs // 10:,}: p95 {found[1] / found[0]:.2f} (flat: 1)")
        _export(ours, session, api.pid)
        ours.stop(api)


def _fill(ours: Ours, number: int) -> None:
    from pipelines.runs.counter import Counter

    there = int(ours.count("run"))
    began = time.monotonic()
    with ours.connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for at in range(there, number, CHUNK):
            batches = min(CHUNK, number - at) // 1000
            place = {"at": at - there, "whole": number - there}
            cursor.execute(FILL, {"batches": batches, "workspace": ours.workspace_id, "days": DAYS - 1, **place})
        cursor.execute("ANALYZE run")
    wrote = time.monotonic() - began
    counting = Counter()
    counting.round()
    counting.close()
    counted = time.monotonic() - began - wrote
    with ours.connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) run_total, run_group")
    time.sleep(SETTLE_SECONDS)
    print(f"{number:,} runs: written in {wrote:.0f} s, counted in {counted:.0f} s", flush=True)


def _overview(ours: Ours, session: requests.Session, number: int) -> float:
    """p95 in ms over HTTP, one call after the other."""
    chance, now = random.Random(1), utc_now()
    windows: dict[str, list[dict[str, str]]] = {
        "the last 30 days": [{}] * CALLS,
        "90 days": [{"startDate": rfc3339(now - timedelta(days=DAYS))}] * CALLS,
        "any seconds": [
            {"startDate": rfc3339(now - timedelta(days=DAYS * (0.5 + chance.random() / 2))),
             "endDate": rfc3339(now - timedelta(days=DAYS * chance.random() / 2))}
            for _ in range(CALLS)
        ],
    }  # fmt: skip
    worst = 0.0
    for name, queries in windows.items():
        took = []
        with Meter() as meter:
            for query in queries:
                began = time.perf_counter()
                answer = session.get(f"http://127.0.0.1:{ours.port}/api/analytics/overview", params=query, timeout=30)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.text
                assert answer.json()["totalRuns"] > 0
        p50, p95 = quantiles(took, n=20)[9], quantiles(took, n=20)[18]
        worst = max(worst, p95)
        print(f"  overview of {name:16} p50 {p50:.1f} ms, p95 {p95:.1f} ms, CPU-ms {meter.each(CALLS)},"
              f" others {meter.others:.0%}", flush=True)  # fmt: skip
    for name in ("models", "prompts", "timeline"):
        began = time.perf_counter()
        session.get(f"http://127.0.0.1:{ours.port}/api/analytics/{name}", timeout=30).raise_for_status()
        print(f"  {name}: {(time.perf_counter() - began) * 1000:.1f} ms", flush=True)
    print(
        f"{number:,} runs: worst p95 {worst:.1f} ms (target {TARGET_MS:.0f}: {'met' if worst <= TARGET_MS else 'MISSED'})"
    )
    return worst


def _export(ours: Ours, session: requests.Session, pid: int) -> None:
    """Rows a second, and how much more memory the API's processes take while they stream."""
    for kind in ("csv", "json"):
        before, peak, rows, size = _memory(pid), 0, 0, 0
        began = time.monotonic()
        url = f"http://127.0.0.1:{ours.port}/api/export?format={kind}&days={DAYS}"
        with session.get(url, stream=True, timeout=60) as answer:
            assert answer.status_code == 200, answer.status_code
            for place, chunk in enumerate(answer.iter_content(1 << 20)):
                rows += chunk.count(b"\n")
                size += len(chunk)
                peak = max(peak, _memory(pid)) if place % 10 == 0 else peak
                if rows >= EXPORTED:
                    break
        took = time.monotonic() - began
        rate = rows / took
        print(f"export as {kind}: {rows:,} rows in {took:.1f} s, {rate:,.0f} rows/s (target {TARGET_ROWS:,}:"
              f" {'met' if rate >= TARGET_ROWS else 'MISSED'}), {size / 1e6:.0f} MB, pages of {pages.PAGE:,};"
              f" memory of the API {before / 1e6:.0f} MB before, {peak / 1e6:.0f} MB at most", flush=True)  # fmt: skip


def _memory(pid: int) -> int:
    return sum(private_bytes(one.pid) for one in psutil.Process(pid).children(recursive=True))
