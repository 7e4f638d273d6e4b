"""This process's reader of the event log, started by the first stream or long-poll that needs it."""

from __future__ import annotations

import asyncio

from api.kit.threads import pool
from store.jobs.watch import Tailer

_running: tuple[asyncio.AbstractEventLoop, Tailer] | None = None


async def tailer() -> Tailer:
    """The running tailer of this event loop."""
    global _running
    loop = asyncio.get_running_loop()
    if _running is None or _running[0] is not loop:
        _running = (loop, Tailer(pool("database").executor))
        await _running[1].start()
    return _running[1]


async def stop() -> None:
    """End every stream and long-poll of this process; their clients take up again elsewhere."""
    if _running is not None:
        await _running[1].stop()
