"""Fetches pages on a few threads that touch only the network; store and judgement stay with the stage's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, Response, WebClient
from store.sites.crawls import Claimed
from store.sites.pages import Copy

HTML_TYPES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"


@dataclass(frozen=True)
class Errand:
    """One request for a page: for its URL, or for the last hop that it redirected to.

    `hops` are the URLs asked so far, this one last. It starts at `starts_at` (time.monotonic()) under the gate turn of
    `holder`.
    """

    page: Claimed
    hops: tuple[str, ...]
    holder: str
    starts_at: float
    copy: Copy | None

    @property
    def url(self) -> str:
        return self.hops[-1]


class Fetched(NamedTuple):
    """What came of it: an answer or an error."""

    errand: Errand
    answer: Response | None
    error: FetchError | None


class Fetcher:
    """At most `threads` errands at once. `cancelled` is asked often; a cancelled errand ends with that error."""

    def __init__(self, client: WebClient, limits: Limits, *, threads: int, cancelled: Callable[[], bool]) -> None:
        self._client = client
        self._limits = limits
        self._cancelled = cancelled
        self._stopped = False
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="crawl")
        self._running: dict[Future[Fetched], Errand] = {}

    def __len__(self) -> int:
        return len(self._running)

    def send(self, errand: Errand) -> None:
        """Start an errand."""
        self._running[self._pool.submit(self._fetch, errand)] = errand

    def finished(self, within_seconds: float) -> list[Fetched]:
        """The errands that ended; waits for the first up to `within_seconds`."""
        done, _ = wait(self._running, timeout=within_seconds, return_when=FIRST_COMPLETED)
        for future in done:
            del self._running[future]
        return [future.result() for future in done]

    def close(self) -> None:
        """Stop what runs and wait for it; nothing is asked of the site afterwards."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _is_over(self) -> bool:
        return self._stopped or self._cancelled()

    def _fetch(self, errand: Errand) -> Fetched:
        try:
            self._await_turn(errand.starts_at)
            answer = self._client.fetch(
                "GET",
                errand.url,
                headers={"accept": ACCEPT, **conditional(errand.copy)},
                limits=self._limits,
                allow_redirect=False,
                cancelled=self._is_over,
            )
        except FetchError as error:
            return Fetched(errand, None, error)
        return Fetched(errand, answer, None)

    def _await_turn(self, starts_at: float) -> None:
        while (left := starts_at - time.monotonic()) > 0:
            if self._is_over():
                break
            time.sleep(min(left, 0.1))
        if self._is_over():
            raise FetchError("cancelled", "The crawl was cancelled.")


def conditional(copy: Copy | None) -> dict[str, str]:
    """Headers that spare the body of an unchanged page: its entity tag, else its date (RFC 9110 §13.1)."""
    if copy is None:
        return {}
    if copy.etag:
        return {"if-none-match": copy.etag}
    return {"if-modified-since": copy.last_modified} if copy.last_modified else {}
