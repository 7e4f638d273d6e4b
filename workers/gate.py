"""The gate: how many tasks this process may take, over all of its lanes.

A lane takes places before it claims, so that no task waits in a process whose threads are busy while another
process is idle. A task at its last chance goes through alone: nothing else is taken until it is done.
"""

from __future__ import annotations

import threading


class Gate:
    """`threads` places; closing it lets nothing more through."""

    def __init__(self, threads: int) -> None:
        self._free = threads
        self._threads = threads
        self._alone = False
        self._closed = False
        self._changed = threading.Condition()

    def take(self, wanted: int, *, wait_seconds: float = 0.0) -> int:
        """Up to `wanted` places; 0 when none came free in time."""
        with self._changed:
            if not self._open():
                self._changed.wait_for(lambda: self._open() or self._closed, wait_seconds)
            if not self._open():
                return 0
            taken = min(wanted, self._free)
            self._free -= taken
            return taken

    def wait_free(self, seconds: float) -> bool:
        """Whether a place is free, waiting for one; takes none."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open() or self._closed, seconds) and not self._closed

    def give(self, places: int = 1) -> None:
        """Places come free."""
        with self._changed:
            self._free += places
            self._changed.notify_all()

    def enter_alone(self, wait_seconds: float) -> bool:
        """Wait until every place is free, letting nothing through meanwhile; then take one and keep all others.

        False when it took too long, or when another task is alone or waits to be.
        """
        with self._changed:
            if self._alone or self._closed:
                return False
            self._alone = True
            empty = self._changed.wait_for(lambda: self._free == self._threads or self._closed, wait_seconds)
            if not empty or self._closed:
                self._alone = False
                self._changed.notify_all()
                return False
            self._free -= 1
            return True

    def leave_alone(self) -> None:
        """The task that ran alone is done."""
        with self._changed:
            self._alone = False
            self._changed.notify_all()

    def close(self) -> None:
        """Let nothing more through."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def threads(self) -> int:
        return self._threads

    def _open(self) -> bool:
        return self._free > 0 and not self._alone and not self._closed
