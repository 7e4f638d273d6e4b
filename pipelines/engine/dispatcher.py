"""The dispatcher: keeps every lane's short list in Redis filled, in the right order. Any number may run.

It is woken through Redis after each commit that left something waiting, and looks by itself when a hint
was lost. How much a lane gets ahead follows its workers: a list found empty while more waits doubles the
buffer, a list that stays half full halves it, so short tasks flow and long ones stay in Postgres, where
order can still change.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from pipelines.engine.pipeline import LANES
from store.jobs import dispatch
from store.jobs.wake import Pusher, more_key, wake_key
from store.kit import db, log, redis
from store.kit.settings import settings

logger = log.get("pipelines.engine.dispatcher")
IDLE_SECONDS = 1.0  # how long a lost hint can delay a task
MORE_SECONDS = 30  # life of the `more` flag, should its dispatcher die
ROUNDS = 20  # rounds for one lane before the others are looked at again
STEADY_SECONDS = 1.0  # how long a buffer must be full before it shrinks


class _Lane(Struct):
    size: int = 0
    shrink_at: float = 0.0


class Dispatcher:
    """One a process, on one thread."""

    def __init__(self) -> None:
        self._session = db.Session(dispatch.STATEMENTS, application="millrace dispatch", options=db.REPAIRABLE)
        self._pusher = Pusher()
        self._lanes = {lane: _Lane() for lane in LANES}
        self._redis = redis.connect(IDLE_SECONDS + 5)
        self._next_due = 0.0

    def wait(self) -> set[str]:
        """Sleep until something calls, something is due, or a second has passed: the lanes to look at."""
        pause = min(max(self._next_due - time.monotonic(), 0.01), IDLE_SECONDS)
        try:
            called = self._redis.blpop([wake_key()], timeout=pause)
            if called is None:
                return set(LANES)
            more: Any = self._redis.lpop(wake_key(), 64) or []
            return {str(called[1]), *more} & set(LANES)
        except redis.OUTAGES as error:
            logger.warning("dispatch.without_redis", error=type(error).__name__)
            time.sleep(pause)
            return set(LANES)

    def round(self, lanes: Iterable[str]) -> int:
        """Look at these lanes (and those where something became due): how many tasks were sent."""
        sent = 0
        try:
            cursor = self._session.cursor()
            due = dispatch.promote_due(cursor) if time.monotonic() >= self._next_due else set()
            for lane in sorted(set(lanes) | due):
                sent += self._fill(cursor, lane)
            seconds = dispatch.seconds_to_next_due(cursor)
            self._next_due = time.monotonic() + (
                IDLE_SECONDS if seconds is None else min(max(seconds, 0), IDLE_SECONDS)
            )
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("dispatch.postponed", error=type(error).__name__)
            time.sleep(0.5)
        return sent

    def _fill(self, cursor: object, lane: str) -> int:
        state = self._lanes[lane]
        sent_now = 0
        for _ in range(ROUNDS):
            paused, base, sent, turn = dispatch.lane_state(cursor, lane, limit=settings().engine.max_buffer)
            if paused or not base:
                break
            room = self._size(state, base, sent) - sent
            if room <= 0:
                self._set_more(lane, True)
                break
            messages, more = dispatch.send_next(cursor, lane, room=room, turn=turn)
            sent_now += len(messages)
            if messages:
                self._pusher.push(messages)
            if not more:
                self._set_more(lane, False)
                break
        return sent_now

    def _size(self, state: _Lane, base: int, sent: int) -> int:
        """The buffer for a lane whose workers want `base` and that has `sent` messages unclaimed."""
        now = time.monotonic()
        size = max(state.size, base)
        if sent == 0:
            size, state.shrink_at = min(size * 2, settings().engine.max_buffer), now + STEADY_SECONDS
        elif sent <= size // 2:
            state.shrink_at = now + STEADY_SECONDS
        elif now > state.shrink_at:
            size, state.shrink_at = max(size // 2, base), now + STEADY_SECONDS
        state.size = size
        return size

    def _set_more(self, lane: str, more: bool) -> None:
        try:
            if more:
                redis.client().set(more_key(lane), "1", ex=MORE_SECONDS)
            else:
                redis.client().delete(more_key(lane))
        except redis.OUTAGES as error:
            logger.warning("dispatch.without_redis", error=type(error).__name__)
