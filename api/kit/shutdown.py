"""The API process was asked to stop: what waits long (streams, long-polls) ends now, and its client comes back.

Set by api/server.py. Without it one open stream would hold a stop for the whole grace.
"""

from __future__ import annotations

import asyncio

_asked: asyncio.Future[None] | None = None


def asked() -> asyncio.Future[None]:
    """Done when the stop was asked for; to be waited for beside something else. On the event loop only."""
    global _asked
    if _asked is None:
        _asked = asyncio.get_running_loop().create_future()
    return _asked


def ask(loop: asyncio.AbstractEventLoop) -> None:
    """Tell everything that waits long."""
    global _asked
    if _asked is None:
        _asked = loop.create_future()
    if not _asked.done():
        _asked.set_result(None)
