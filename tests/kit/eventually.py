"""Waiting for something to become true: the only place in the tests that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

Found = TypeVar("Found")
_PAUSE_SECONDS = 0.02


def eventually(check: Callable[[], Found], within_s: float = 5, *, what: str = "") -> Found:
    """The first truthy answer of `check`, asked again and again; an AssertionError in it counts as not yet.

    When the time is over its last AssertionError is raised, or one that shows its last answer.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            last: Any = check()
            problem = None
        except AssertionError as error:
            last, problem = None, error
        if last:
            return last  # type: ignore[no-any-return]
        if time.monotonic() > deadline:
            if problem is not None:
                raise problem
            raise AssertionError(f"{what or 'the check'} did not come true within {within_s} s; last answer: {last!r}")
        time.sleep(_PAUSE_SECONDS)
