"""`move_clock(by)`: let time pass in this process, until the test's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from store.kit import clock


@pytest.fixture
def move_clock() -> Iterator[Callable[[timedelta], None]]:
    """Moves the one clock forward and puts it right afterwards."""
    moved = timedelta(0)

    def move(by: timedelta) -> None:
        nonlocal moved
        clock.move(by)
        moved += by

    yield move
    clock.move(-moved)
