"""This process's reader of the event log, started by the first stream or long-poll that needs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.jobs.watch import Tailer

_started: tuple[asyncio.AbstractEventLoop, asyncio.Task[Tailer]] | None = None


async def tailer() -> Tailer:
    """The running tailer of this event loop."""
    global _started
    loop = asyncio.get_running_loop()
    failed = _started is not None and _started[1].done() and _started[1].exception() is not None
    if _started is None or _started[0] is not loop or failed:
        _started = (loop, loop.create_task(_start()))
    return await asyncio.shield(_started[1])


async def _start() -> Tailer:
    from store.jobs.watch import Tailer

    running = Tailer()
    await running.start()
    return running
