"""Much to delete, in many short transactions: how much the next one takes follows from how long the last one took.

What a row takes along with it (a file's pieces, a job's parts) is not known before; and while a transaction is open,
nobody's events are told.
"""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST = 16  # rows
SECONDS = 0.1  # of one transaction, about


def in_batches(remove: Callable[[int], int], *, most: int, times: int | None = None) -> int:
    """Call `remove` with a number of rows, `most` at most, until it removes none, or `times`; how many it removed."""
    size, removed, calls = min(FIRST, most), 0, 0
    while times is None or calls < times:
        started = time.monotonic()
        gone = remove(size)
        took = time.monotonic() - started
        if not gone:
            break
        removed += gone
        calls += 1
        size = max(1, min(most, 2 * size if took < SECONDS / 2 else int(size * SECONDS / took)))
    return removed
