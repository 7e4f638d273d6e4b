"""A PDF from upload to COMPLETED beside its parsing and embedding alone; and the memory of a cpu worker with 1,000 pages."""

from __future__ import annotations

import threading
import time
from typing import Any, Self

import psutil
import requests
import typst

from pipelines.clients import embedder, sandboxed
from pipelines.clients.sandboxed import Limits
from pipelines.knowledge.stages import READER
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter
from tests.bench.kit.prose import chunks
from tests.kit.processes import TestProcess

PAGES, MANY_PAGES = 138, 1000
FACTOR = 1.3
LOOK_SECONDS = POLL_SECONDS = 0.25
GIGABYTE = 1024**3
WORKER_LIMIT = 1.5  # GB
READING = Limits(seconds=120, memory_bytes=GIGABYTE)


def main() -> None:
    """Print seconds, the ratio and the memory beside their targets."""
    small, large = _pdf(PAGES), _pdf(MANY_PAGES)
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env |= {"MILLRACE_LIMITS__ENABLED": "false", "MILLRACE_LANES__WARM": "true"}
        ours.start_api()
        workers = ours.start_workers(lanes="web,cpu", processes=1)
        client = _Client(ours)
        client.upload("first.pdf", _pdf(3))  # whatever is loaded at the first document
        before, _ = _alone(small)
        with Meter() as meter:
            whole, _ = client.upload("report.pdf", small)
        after, parts = _alone(small)
        alone = (before + after) / 2
        print(f"  {PAGES} pages: COMPLETED after {whole:.1f} s; alone {before:.1f} s before it and {after:.1f} s after"
              f" it ({parts}): {whole / alone:.2f} x (target {FACTOR} x); CPU-ms: {meter.each(1)}")  # fmt: skip
        with _Watch(workers) as watch:
            seconds, shown = client.upload("book.pdf", large)
        print(f"  {MANY_PAGES} pages ({len(large) / 1e6:.1f} MB, {shown['chunk_count']} chunks) after {seconds:.0f} s:"
              f" the worker with its children took {watch.most / GIGABYTE:.2f} GB at most (target {WORKER_LIMIT})")  # fmt: skip


class _Client:
    def __init__(self, ours: Ours) -> None:
        self._session = requests.Session()
        self._session.headers["Authorization"] = ours.authorization
        self._root = ours.url.replace("/v1/jobs", f"/api/v1/workspaces/{ours.workspace_id}")
        self._place = self._session.post(f"{self._root}/collections", json={"name": "Bench"}).json()["id"]

    def upload(self, name: str, data: bytes) -> tuple[float, dict[str, Any]]:
        """(seconds until it is COMPLETED, the document)."""
        started = time.perf_counter()
        answer = self._session.post(
            f"{self._root}/documents", files={"file": (name, data)}, data={"collection_id": self._place}
        )
        here = f"{self._root}/documents/{answer.json()['id']}"
        while (shown := self._session.get(here).json())["status"] == "PROCESSING":
            time.sleep(POLL_SECONDS)
        assert shown["status"] == "COMPLETED", shown
        return time.perf_counter() - started, shown


class _Watch:
    """The most memory that a process and its children held together."""

    def __init__(self, process: TestProcess) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            total = 0
            for one in self._process.family():
                try:
                    total += one.memory_full_info().uss
                except psutil.Error:
                    continue  # it has ended meanwhile
            self.most = max(self.most, total)


def _alone(data: bytes) -> tuple[float, str]:
    """Seconds that parsing and embedding take by themselves, in this process and its child."""
    argument = {"name": "report.pdf", "data": data, "title": "report.pdf"}
    sandboxed.run(READER, argument | {"data": _pdf(3)}, limits=READING)
    embedder.warm()
    started = time.perf_counter()
    found = sandboxed.run(READER, argument, limits=READING)
    parsed = time.perf_counter()
    embedder.embed([f"{one['heading']}\n{one['content']}" for one in found["chunks"]])
    embedded = time.perf_counter()
    return embedded - started, f"parse {parsed - started:.1f} s + embed {embedded - parsed:.1f} s"


def _pdf(pages: int) -> bytes:
    """So many pages of prose, about 3 chunks each, with a table on every tenth."""
    texts = chunks()
    table = (
        "#table(columns: 3, [Name],[Price],[Stock]," + "".join(f"[Ware {n}],[{n}.50],[{n}]," for n in range(12)) + ")"
    )
    body = [
        f"= Chapter {number}\n"
        + "\n\n".join(f"#text({_quoted(texts[(3 * number + place) % len(texts)])})" for place in range(3))
        + (f"\n{table}" if number % 10 == 0 else "")
        for number in range(pages)
    ]
    made = typst.compile(('#set page(numbering: "1")\n#set text(size: 9pt)\n' + "\n#pagebreak()\n".join(body)).encode())
    assert isinstance(made, bytes)
    return made


def _quoted(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
