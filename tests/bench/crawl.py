"""Crawl and extract: 30 pages at 50 ms latency beside a bare download of as many, and memory over 2,000 pages.

The bare download is the floor: two threads, kept connections, no robots.txt, nothing parsed, nothing stored.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import requests

from pipelines.onboarding import extract
from store.kit import log
from store.kit.settings import settings
from tests.bench.kit.site import website
from tests.kit.services import fresh_servers
from tests.pipelines.onboarding.crawl.crawling import Run

ROUNDS = 3
PAGES = 30
LATENCY_MS = 50.0
MANY = 2000
MEGABYTE = 1024 * 1024


def main() -> None:
    """Run it all and print seconds, ratios and memory."""
    with fresh_servers() as (_, services):
        services.adopt()
        settings.cache_clear()
        log.setup("bench")
        _speed()
        _memory()


def _speed() -> None:
    found: dict[str, list[float]] = {"bare": [], "crawl": [], "extract": [], "crawl CPU": [], "extract CPU": []}
    with website(pages=200, latency_ms=LATENCY_MS) as url:
        for _ in range(ROUNDS):
            found["bare"].append(_timed(lambda: _bare(url))[0])
            run = Run(url, workspace_id=f"ws_{time.monotonic_ns()}")
            seconds, cpu, outcome = _timed(run.crawl)
            assert outcome.output["pages"] == PAGES, outcome.output
            found["crawl"].append(seconds)
            found["crawl CPU"].append(cpu)
            seconds, cpu, _ = _timed(lambda run=run: extract.run(run))  # type: ignore[misc]
            found["extract"].append(seconds)
            found["extract CPU"].append(cpu)
    bare, crawl, extracting = (median(found[name]) for name in ("bare", "crawl", "extract"))
    print(f"{PAGES} pages at {LATENCY_MS:.0f} ms, delay 0, medians of {ROUNDS} rounds")
    print(f"  bare download  {bare:6.2f} s")
    print(f"  crawl          {crawl:6.2f} s  ({crawl / bare:.2f} x bare)  {median(found['crawl CPU']):.2f} CPU-s")
    print(f"  extract        {extracting:6.2f} s  {median(found['extract CPU']):.2f} CPU-s")
    print(f"  both           {crawl + extracting:6.2f} s  (target < 6, stretch < 4)")


def _memory() -> None:
    """Resident memory while 2,000 pages are crawled, from the first hundred on."""
    samples: list[tuple[int, float]] = []
    with website(pages=MANY + 100, latency_ms=0) as url:
        run = Run(url, workspace_id="ws_memory", maxPages=MANY)
        told = run.progress

        def progress(fraction: float, message: str | None = None) -> None:
            told(fraction, message)
            samples.append((round(fraction * MANY), _resident_megabytes()))

        run.progress = progress  # type: ignore[method-assign]
        os.environ["MILLRACE_CRAWL__MAX_PAGES"] = str(MANY)
        settings.cache_clear()
        seconds, cpu, outcome = _timed(run.crawl)
    pages = outcome.output["pages"]
    after_100 = next(megabytes for number, megabytes in samples if number >= 100)
    most = max(megabytes for _, megabytes in samples)
    print(f"{pages} pages in {seconds:.0f} s, {1000 * cpu / pages:.1f} CPU-ms a page")
    print(f"  memory {after_100:.0f} MB after 100 pages, {samples[-1][1]:.0f} MB at the end, {most:.0f} MB at most")


def _bare(url: str) -> None:
    with requests.Session() as session, ThreadPoolExecutor(2) as pool:
        paths = [f"{url}/note/{number}" for number in range(1, PAGES + 1)]
        assert all(answer.ok for answer in pool.map(lambda path: session.get(path, timeout=10), paths))


def _timed(work: Any) -> tuple[float, float, Any]:
    """(seconds, CPU seconds of this process, result)."""
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - started, time.process_time() - cpu, result


def _resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / MEGABYTE
