"""Wake-ups: the little that Redis carries. Losing any of it costs time, never work.

A lane's list holds task ids. `wake` tells a dispatcher that something waits; `more:<lane>` says that a
backlog stands behind a short list, so that a worker who empties it calls for more. When Redis is away,
pushes are skipped for a moment at a time, so that a submit does not wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from store.jobs.records import Message
from store.kit import log, redis

logger = log.get("store.jobs.wake")
PAUSE_AFTER_FAILURE_SECONDS = 1.0
LOW_WATER = 16  # a worker that leaves fewer messages behind calls for more, if there is more

# KEYS: the lane's list, its `more` flag, the wake list. ARGV: how many, the lane, low water. -> task ids
POP = """
local ids = redis.call('LPOP', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 1 and redis.call('LLEN', KEYS[1]) < tonumber(ARGV[3])
   and redis.call('LLEN', KEYS[3]) < 32 then
  redis.call('RPUSH', KEYS[3], ARGV[2])
end
return ids
"""


def lane_key(lane: str) -> str:
    """The list of task ids that wait on a lane."""
    return redis.key("lane", lane)


def more_key(lane: str) -> str:
    """Exists while a lane's backlog is longer than its list."""
    return redis.key("more", lane)


def wake_key() -> str:
    """The list a dispatcher blocks on: names of lanes."""
    return redis.key("wake")


def epoch_key() -> str:
    """Vanishes with Redis's data, which is how its loss is noticed."""
    return redis.key("epoch")


def events_channel() -> str:
    """Where writers of the event log say "look now"."""
    return redis.key("events")


def endings_channel() -> str:
    """Where whoever ends jobs names them, with spaces between."""
    return redis.key("endings")


class Pusher:
    """Pushes wake-ups for one thread; after a failure it skips for a second instead of waiting each time."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def push(
        self,
        messages: Sequence[Message],
        *,
        waiting: Iterable[str] = (),
        events: bool = False,
        ended: Sequence[str] = (),
    ) -> bool:
        """Send messages to their lanes, call a dispatcher for lanes on which something waits, ring the readers of the
        log, and name the jobs that ended. False when Redis did not take them: reconcile will."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            pipe = redis.client().pipeline(transaction=False)
            by_lane: dict[str, list[int]] = {}
            for message in messages:
                by_lane.setdefault(message.lane, []).append(message.task_id)
            for lane, ids in by_lane.items():
                pipe.rpush(lane_key(lane), *ids)
            lanes = sorted(waiting)
            if lanes:
                pipe.rpush(wake_key(), *lanes)
                pipe.ltrim(wake_key(), -64, -1)
            if events:
                pipe.publish(events_channel(), "1")
            if ended:
                pipe.publish(endings_channel(), " ".join(ended))
            pipe.execute()
        except redis.OUTAGES as error:
            self._quiet_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("wake.lost", error=type(error).__name__, messages=len(messages))
            return False
        return True
