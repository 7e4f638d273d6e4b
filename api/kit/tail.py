"""This process's reader of the event log and of endings, each started by the first who needs it."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from typing import Protocol, TypeVar

from api.kit.threads import pool
from store.jobs.endings import Endings
from store.jobs.watch import Tailer


class _Watch(Protocol):
    def __init__(self, executor: Executor) -> None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


W = TypeVar("W", bound=_Watch)
_running: dict[type[_Watch], tuple[asyncio.AbstractEventLoop, _Watch]] = {}


async def tailer() -> Tailer:
    """The running tailer of this event loop."""
    return await _started(Tailer)


async def endings() -> Endings:
    """Who tells this event loop that jobs ended."""
    return await _started(Endings)


async def stop() -> None:
    """End every stream and long-poll of this process; their clients take up again elsewhere."""
    for _, watch in list(_running.values()):
        await watch.stop()


async def _started(kind: type[W]) -> W:
    loop = asyncio.get_running_loop()
    known = _running.get(kind)
    if known is not None and known[0] is loop:
        assert isinstance(known[1], kind)
        return known[1]
    made = kind(pool("database").executor)
    _running[kind] = (loop, made)
    await made.start()
    return made
