"""Threads for work that blocks the event loop: database calls, and password hashing apart from them.

The pools are bounded on both sides: a fixed number of threads, and a cap on what may wait for one;
beyond it the caller gets 503 at once rather than a slow queue that nobody reads any more.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar

from store.kit.errors import Unavailable
from store.kit.settings import settings

T = TypeVar("T")
PoolName = Literal["database", "hashing"]
WAITING_PER_THREAD = 64
HASHING_THREADS = 2  # an argon2id hash owns a core for about 0.1 s; more threads would only starve the loop


class Pool:
    """A bounded thread pool that carries the caller's log context along."""

    def __init__(self, name: str, threads: int) -> None:
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = threading.Semaphore(threads * WAITING_PER_THREAD)

    async def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call `function` on a thread. Raises Unavailable when too many wait already."""
        if not self._room.acquire(blocking=False):
            raise Unavailable("Too many requests are waiting for the database.", retry_after=timedelta(seconds=1))
        work = partial(contextvars.copy_context().run, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.executor, self._run, work)

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            self._room.release()  # here, not in run(): a caller that went away does not free its thread


@lru_cache(maxsize=2)
def pool(name: PoolName) -> Pool:
    """The process's pool of that name."""
    return Pool(name, settings().server.threads if name == "database" else HASHING_THREADS)
