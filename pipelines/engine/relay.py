"""The live view of a stage: frames that a waiting client sees while the stage still works.

A stage makes one `Relay(ctx)` and sends dicts; api/kit/relay.py passes them on. It is a view and no record: with Redis
away nothing is sent, a second attempt's frames are not shown, and the client gets the job's result in their stead. So
whatever was sent must be in the result as well.
"""

from __future__ import annotations

import time
from typing import Any

from pipelines.engine.context import Context
from store.jobs import frames
from store.kit import log, redis

logger = log.get("pipelines.engine.relay")
PAUSE_AFTER_FAILURE_SECONDS = 1.0
_quiet_until = 0.0


class Relay:
    """Sends the frames of one attempt, numbered, so that a reader notices what was lost."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._sent = 0

    def send(self, *told: dict[str, Any]) -> bool:
        """Send frames, together; False when nobody will see them. Raises Cancelled when the client has left."""
        global _quiet_until
        self._ctx.check()
        entries = [frames.Entry(self._ctx.token, self._sent + place, frame) for place, frame in enumerate(told)]
        self._sent += len(entries)
        if time.monotonic() < _quiet_until:
            return False
        try:
            frames.send(self._ctx.job_id, entries)
        except redis.OUTAGES as error:
            _quiet_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("frames.lost", job_id=self._ctx.job_id, error=type(error).__name__)
            return False
        return True
