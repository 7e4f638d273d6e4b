"""The flusher: many callers, one flush at a time. What arrives during a flush shares the next one.

There is no timer: an item that comes alone is flushed alone, at once. Under load the batches grow by
themselves, and one statement serves them all.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from store.kit import log

logger = log.get("store.kit.batch")
Item = TypeVar("Item")


class Flusher(Generic[Item]):
    """Runs `flush(batch)` on a thread of its own, started at the first `put`.

    `flush` answers every item itself, also when it fails; an exception that escapes it is a bug and is
    logged, and the thread goes on. `limit` bounds a batch, `pending` what may wait for one; both count items, or what
    `weigh` says of each.
    """

    def __init__(
        self,
        name: str,
        flush: Callable[[list[Item]], None],
        *,
        limit: int = 256,
        pending: int = 10_000,
        weigh: Callable[[Item], int] | None = None,
    ) -> None:
        self._name = name
        self._flush = flush
        self._limit = limit
        self._pending = pending
        self._weigh = weigh or _one
        self._waiting = 0
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, item: Item) -> bool:
        """Hand in an item; False when too many wait already."""
        weight = self._weigh(item)
        with self._lock:
            if self._waiting and self._waiting + weight > self._pending:
                return False
            self._waiting += weight
        self._queue.put(item)
        if self._thread is None:
            self._start()
        return True

    def waiting(self) -> int:
        """What no flush has taken yet."""
        return self._waiting

    def close(self, timeout_seconds: float) -> bool:
        """Flush what was handed in and end the thread; False when that took too long."""
        with self._lock:
            thread = self._thread
        if thread is None:
            return True
        self._queue.put(None)
        thread.join(timeout_seconds)
        return not thread.is_alive()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        closing = False
        while not closing:
            batch, closing = self._take()
            if batch:
                try:
                    self._flush(batch)
                except Exception:
                    logger.exception("flush.broke", flusher=self._name, items=len(batch))

    def _take(self) -> tuple[list[Item], bool]:
        """What waits, as far as it fits into one batch, and whether that was the last; blocks until there is something."""
        batch: list[Item] = []
        weight, closing = 0, False
        while not closing and weight < self._limit:
            try:
                item = self._queue.get(block=not batch)
            except queue.Empty:
                break
            if item is None:
                closing = True
            else:
                batch.append(item)
                weight += self._weigh(item)
        with self._lock:
            self._waiting -= weight
        return batch, closing


def _one(_item: object) -> int:
    return 1
