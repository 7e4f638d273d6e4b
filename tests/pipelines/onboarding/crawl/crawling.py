"""Runs the crawl stage by itself: a context of the engine's shape that a test holds in its hands."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

from pipelines.engine.outcomes import Cancelled, Outcome, TryAgain
from pipelines.onboarding.crawl import stage
from store.sites import queries

_tokens = itertools.count(1)
_jobs = itertools.count(1)


class Run:
    """One attempt of one job: what the stage sees as `ctx`."""

    def __init__(self, url: str, *, workspace_id: str = "ws_one", job_id: str = "", **options: Any) -> None:
        self.workspace_id = workspace_id
        self.job_id = job_id or f"job_{next(_jobs)}"
        self.input = {"websiteUrl": url, "brandId": "b", **options}
        self.run = 1
        self.token = next(_tokens)
        self.said: list[tuple[float, str | None]] = []
        self.stop = threading.Event()

    def check(self) -> None:
        if self.stop.is_set():
            raise Cancelled

    def cancelled(self) -> bool:
        return self.stop.is_set()

    def sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise Cancelled

    def progress(self, fraction: float, message: str | None = None) -> None:
        self.check()
        self.said.append((fraction, message))

    def crawl(self) -> Outcome:
        return stage.run(self)

    def again(self) -> Run:
        """The next attempt of the same job."""
        following = Run(self.input["websiteUrl"], workspace_id=self.workspace_id, job_id=self.job_id)
        following.input = self.input
        following.run = self.run
        return following

    def pages(self) -> dict[str, tuple[str, str | None]]:
        """State and reason by path."""
        told = queries.told(self.workspace_id, self.job_id)
        return {"/" + page.url.split("/", 3)[3]: (page.state, page.reason) for page in told}

    def read_paths(self) -> list[str]:
        keys = queries.page_keys(self.workspace_id, self.job_id)
        return ["/" + queries.page(self.workspace_id, self.job_id, key).url.split("/", 3)[3] for key in keys]


def crawl(url: str, **options: Any) -> tuple[Run, dict[str, Any]]:
    """A finished crawl and its output; pauses that the stage asks for are waited for here."""
    run = Run(url, **options)
    for _ in range(20):
        try:
            return run, run.crawl().output
        except TryAgain as pause:
            time.sleep(min(pause.after.total_seconds(), 1))
            run = run.again()
    raise AssertionError("the crawl never ended")
