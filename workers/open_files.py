"""How many files and connections a process may have open: asked for by those that start others, which inherit it."""

from __future__ import annotations

import resource
from contextlib import suppress

WANTED = 65_536  # each event stream is one; shells commonly allow 1,024
_MACOS_LIMIT = 10_240  # macOS calls the hard limit infinite and refuses more than this all the same


def allow_many() -> None:
    """Raise this process's soft limit as far as the hard one lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (possible(), _MACOS_LIMIT):
        if soft == resource.RLIM_INFINITY or soft >= limit:
            return
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            return


def possible() -> int:
    """What the hard limit allows, at most WANTED."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
