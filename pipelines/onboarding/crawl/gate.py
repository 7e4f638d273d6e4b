"""Politeness inside one crawl: asks the host's shared gate for turns and tells it how the host took them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from pipelines.clients.fetch_errors import retry_after
from pipelines.clients.web import Response
from store.kit.sections import Crawl as CrawlSettings
from store.sites import hosts
from store.sites.hosts import Turn

SCOLDS = frozenset({429, 503})


class HostGate:
    """Turns at one host. `delay_seconds` is ours or robots.txt's, whichever is longer, up to the cap."""

    def __init__(self, host: str, settings: CrawlSettings, robots_delay: float | None, *, job_id: str) -> None:
        self.host = host
        self._owner = f"{job_id}/"
        self._settings = settings
        asked = min(robots_delay or 0.0, settings.max_delay_seconds)
        self.delay_seconds = max(settings.delay_seconds, asked)
        self._held: set[str] = set()

    def forget_predecessors(self) -> None:
        """Free the slots that an earlier holder of this job took to its grave."""
        hosts.leave_all(self.host, self._owner)

    def ask(self) -> tuple[str, Turn]:
        """(holder, turn); a granted turn is ended by `done()` or `scolded()`."""
        holder = f"{self._owner}{uuid4().hex}"
        turn = hosts.enter(
            self.host,
            holder,
            slots=self._settings.per_host,
            delay_seconds=self.delay_seconds,
            hold_seconds=self._settings.page_seconds + 10,
            patience_seconds=2 * self._settings.max_delay_seconds + 1,
        )
        if turn.granted:
            self._held.add(holder)
        return holder, turn

    def done(self, holder: str, answer: Response | None) -> timedelta | None:
        """End a turn. After a 429 or 503 the pace is halved for everyone; the pause that the host asked for, if any."""
        self._held.discard(holder)
        if answer is None or answer.status not in SCOLDS:
            hosts.leave(self.host, holder)
            return None
        most = timedelta(seconds=self._settings.max_wait_seconds)
        pause = retry_after(answer.headers.get("retry-after"), at_most=most)
        hosts.leave_scolded(
            self.host,
            holder,
            pause_seconds=pause.total_seconds() if pause else 0.0,
            most_seconds=self._settings.max_delay_seconds,
        )
        return pause

    def close(self) -> None:
        """Give back whatever is still held; a crash leaves it to the slots' expiry."""
        for holder in list(self._held):
            self.done(holder, None)
