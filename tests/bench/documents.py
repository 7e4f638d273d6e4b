"""A PDF from upload to COMPLETED beside its parsing and embedding alone; and what 1,000 pages take of memory."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Self

import psutil

from pipelines.clients import embedder, sandboxed
from pipelines.clients.sandboxed import Limits
from pipelines.knowledge.stages import READER
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter
from tests.bench.kit.papers import Uploader, pdf
from tests.kit.processes import TestProcess

PAGES, MANY_PAGES = 138, 1000
FACTOR = 1.3
LOOK_SECONDS = 0.25
GIGABYTE, MEGABYTE = 1024**3, 1024**2
WORKER_LIMIT, API_LIMIT = 1.5, 150  # GB, MB
READING = Limits(seconds=120, memory_bytes=GIGABYTE)


def main(*, rounds: int = 3) -> None:
    """Print seconds, the ratio and the memory beside their targets."""
    small, large = pdf(PAGES), pdf(MANY_PAGES)
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env |= {"MILLRACE_LIMITS__ENABLED": "false", "MILLRACE_LANES__WARM": "true"}
        api = ours.start_api()
        workers = ours.start_workers(lanes="web,cpu", processes=1)
        client = Uploader(ours)
        client.upload("first.pdf", pdf(3))  # whatever is loaded at the first document
        _alone(pdf(3))
        ratios = []
        for round_ in range(rounds):
            with Meter() as meter_alone:
                before, _ = _alone(small)
            with Meter() as meter:
                whole, _ = client.upload("report.pdf", small + b"\n%" + str(round_).encode())  # a document of its own
            after, parts = _alone(small)
            alone = (before + after) / 2
            ratios.append(whole / alone)
            print(f"  {PAGES} pages: COMPLETED after {whole:.1f} s; alone {before:.1f} s before it and {after:.1f} s after"
                  f" it ({parts}): {whole / alone:.2f} x; others used {meter.others:.0%} of the machine;"
                  f" CPU {meter.cpu / meter_alone.cpu:.2f} x, in ms: {meter.each(1)}")  # fmt: skip
        print(f"  median {statistics.median(ratios):.2f} x (target {FACTOR} x)")
        with _Watch(api) as watch_api, _Watch(workers) as watch:
            seconds, shown = client.upload("book.pdf", large)
        print(f"  {MANY_PAGES} pages ({len(large) / 1e6:.1f} MB, {shown['chunk_count']} chunks) after {seconds:.0f} s:"
              f" the worker with its children took {watch.together / GIGABYTE:.2f} GB at most (target {WORKER_LIMIT}),"
              f" an API process {watch_api.largest / MEGABYTE:.0f} MB (target {API_LIMIT})")  # fmt: skip


class _Watch:
    """The most memory that the processes behind one held: all together, and the largest of them."""

    def __init__(self, process: TestProcess) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.together = self.largest = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            sizes = []
            for one in self._process.family():
                try:
                    sizes.append(one.memory_full_info().uss)
                except psutil.Error:
                    continue  # it has ended meanwhile
            self.together = max(self.together, sum(sizes))
            self.largest = max(self.largest, *sizes, 0)


def _alone(data: bytes) -> tuple[float, str]:
    """Seconds that parsing and embedding take by themselves, in this process and its child."""
    embedder.warm()
    started = time.perf_counter()
    found = sandboxed.run(READER, {"name": "report.pdf", "data": data, "title": "report.pdf"}, limits=READING)
    parsed = time.perf_counter()
    embedder.embed([f"{one['heading']}\n{one['content']}" for one in found["chunks"]])
    embedded = time.perf_counter()
    return embedded - started, f"parse {parsed - started:.1f} s + embed {embedded - parsed:.1f} s"
