"""Counts each workspace's own requests beside the request path, and adds them up in Postgres every few seconds.

What this process has counted and not yet added is lost when it is killed: at most FLUSH_SECONDS of figures that nobody
is billed by. While Postgres is away it keeps on counting, up to MOST rows.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from api.kit.threads import pool
from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.errors import DomainError
from store.usage import queries
from store.usage.queries import Counted

logger = log.get("api.kit.usage")
FLUSH_SECONDS = 2.0
MOST = 10_000  # rows held for a Postgres that is away; what comes then is not counted
Place = tuple[str, datetime, str]


class Usage:
    """What one event loop has counted since the last flush."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._counts: dict[Place, list[float]] = {}
        self._met: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._flushing: asyncio.Task[None] | None = None

    def note(self, workspace_id: str, caller: str, *, ok: bool, milliseconds: float | None) -> None:
        """Count one answer. `milliseconds` None: it was a stream, or was asked to wait."""
        place = (workspace_id, utc_now().replace(minute=0, second=0, microsecond=0), caller)
        counts = self._counts.get(place)
        if counts is None:
            if len(self._counts) >= MOST:
                return
            counts = self._counts[place] = [0, 0, 0, 0.0]
        counts[0] += 1
        counts[1] += not ok
        if milliseconds is not None:
            counts[2] += 1
            counts[3] += milliseconds
        self._wake()

    def note_limit(self, workspace_id: str, *, quota: str, period: str, limit: int, used: int) -> None:
        """A workspace met a limit; it is told once for the period."""
        met = (workspace_id, quota, period)
        if met not in self._told and len(self._met) < MOST:
            self._met[met] = (limit, used)
            self._wake()

    def _wake(self) -> None:
        if self._flushing is None:
            self._flushing = self.loop.create_task(self._flush_later())

    async def _flush_later(self) -> None:
        try:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
        finally:
            self._flushing = None

    async def flush(self) -> None:
        """Add up what was counted; an outage leaves it to the next flush."""
        counts, self._counts = self._counts, {}
        met, self._met = self._met, {}
        try:
            await pool("database").run(_write, counts, met)
        except (DomainError, *db.OUTAGES) as error:
            logger.warning("usage.not_added", error=type(error).__name__, rows=len(counts))
            self._met = {**met, **self._met}
            for place, earlier in counts.items():
                now = self._counts.setdefault(place, [0, 0, 0, 0.0])
                now[:] = [a + b for a, b in zip(now, earlier, strict=True)]
            return
        self._told = {*self._told, *met} if len(self._told) < MOST else set(met)


_usage: Usage | None = None


def usage() -> Usage:
    """The counter of this event loop."""
    global _usage
    loop = asyncio.get_running_loop()
    if _usage is None or _usage.loop is not loop:
        _usage = Usage(loop)
    return _usage


async def stop() -> None:
    """Add up what was counted last; the process stops."""
    if _usage is not None:
        await _usage.flush()


def _write(counts: dict[Place, list[float]], met: dict[tuple[str, str, str], tuple[int, int]]) -> None:
    if counts:
        queries.add(
            [
                Counted(
                    workspace_id=workspace_id,
                    hour=hour,
                    caller=caller,
                    requests=int(requests),
                    failed=int(failed),
                    timed=int(timed),
                    milliseconds=milliseconds,
                )
                for (workspace_id, hour, caller), (requests, failed, timed, milliseconds) in counts.items()
            ]
        )
    for (workspace_id, quota, period), (limit, used) in met.items():
        queries.tell_of_limit(workspace_id, quota=quota, period=period, limit=limit, used=used)
