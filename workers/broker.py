"""A small Dramatiq broker: a blocking pop on a lane's list, a claim in Postgres, and nothing else.

No ack set, no delay queue, no heartbeat: Postgres leases do that work. A consumer takes as many messages as
its process has free threads and claims them in one statement, so what reaches Dramatiq is already ours.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import dramatiq
from dramatiq.broker import Consumer, MessageProxy

from pipelines import catalog
from pipelines.engine.runner import Runner
from store.jobs import claim as claims
from store.jobs.records import Claim
from store.jobs.wake import LOW_WATER, POP, lane_key, more_key, wake_key
from store.kit import db, log, redis
from store.kit.settings import settings
from workers.gate import Gate

logger = log.get("workers.broker")
BLOCK_SECONDS = 5.0  # an idle consumer asks Redis this seldom; a push ends the wait at once
OUTAGE_PAUSE_SECONDS = 0.25
ALONE_WAIT_SECONDS = 1.0


class LaneBroker(dramatiq.Broker):
    """Dramatiq's broker interface over lanes. Tasks come from Postgres, so nothing is ever enqueued through it."""

    def __init__(self, worker_id: str, gate: Gate, runner: Runner) -> None:
        super().__init__(middleware=[])
        self.worker_id = worker_id
        self.gate = gate
        self.runner = runner

    def declare_queue(self, queue_name: str) -> None:
        """Make a lane known."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 30_000) -> LaneConsumer:
        """A consumer of one lane; Dramatiq runs each on a thread of its own."""
        return LaneConsumer(self, queue_name)

    def enqueue(self, message: Any, *, delay: int | None = None) -> Any:
        """Refused: a task is a row first, see pipelines/engine/submit.py."""
        raise TypeError("submit a job instead of sending a message")

    def shutdown_key(self) -> str:
        """A list of this process's own that ends its blocking pops."""
        return redis.key("worker", self.worker_id)

    def close_gate(self) -> None:
        """Take no more work, and wake consumers that sleep in Redis."""
        self.gate.close()
        try:
            pipe = redis.client().pipeline(transaction=False)
            pipe.rpush(self.shutdown_key(), *["stop"] * (len(self.queues) + 1))
            pipe.expire(self.shutdown_key(), 60)
            pipe.execute()
        except redis.OUTAGES as error:
            logger.warning("shutdown.without_redis", error=type(error).__name__)


class LaneConsumer(Consumer):
    """Yields claimed tasks of one lane as messages; None when there is nothing."""

    def __init__(self, broker: LaneBroker, lane: str) -> None:
        self._broker = broker
        self._gate = broker.gate
        self._lane = lane
        self._ready: deque[Claim] = deque()
        self._last_chances: deque[Claim] = deque()
        self._alone: set[int] = set()
        self._session = db.Session(claims.STATEMENTS, application="millrace claim")
        self._redis = redis.connect(BLOCK_SECONDS + 5)
        self._pop = self._redis.register_script(POP)
        self._redis_was_away = False

    def __next__(self) -> MessageProxy | None:
        if self._ready:
            return self._message(self._ready.popleft())
        if self._last_chances:
            return self._next_alone()
        if self._gate.is_closed:
            time.sleep(0.01)
            return None
        try:
            ids, places = self._next_ids()
            self._redis_was_away = False
        except redis.OUTAGES as error:
            if not self._redis_was_away:
                logger.warning("consume.without_redis", lane=self._lane, error=type(error).__name__)
            self._redis_was_away = True
            time.sleep(OUTAGE_PAUSE_SECONDS)
            return None
        if ids:
            self._claim(ids, places)
        return self._message(self._ready.popleft()) if self._ready else None

    def ack(self, message: MessageProxy) -> None:
        """The task's result was handed in; its place is free."""
        task_id = int(message.message_id)
        if task_id in self._alone:
            self._alone.discard(task_id)
            self._gate.leave_alone()
        self._gate.give()

    def nack(self, message: MessageProxy) -> None:
        """The runner never fails a message; the place comes free all the same."""
        self.ack(message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Unstarted work goes back at shutdown."""
        for message in messages:
            self._broker.runner.hand_back(message.kwargs["claim"])

    def close(self) -> None:
        """Give back what was claimed and not yielded."""
        for claim in (*self._ready, *self._last_chances):
            self._broker.runner.hand_back(claim)
        self._ready.clear()
        self._last_chances.clear()
        self._session.close()
        self._redis.close()

    def _next_ids(self) -> tuple[list[int], int]:
        """Ids of tasks, and the places that were taken for them."""
        places = self._gate.take(self._gate.threads)
        if places:
            keys = [lane_key(self._lane), more_key(self._lane), wake_key()]
            found = self._pop(keys=keys, args=[places, self._lane, LOW_WATER]) or []
            if found:
                self._gate.give(places - len(found))
                return [int(one) for one in found], len(found)
            self._gate.give(places)
        if not self._gate.wait_free(1.0):
            return [], 0
        popped = self._redis.blpop([lane_key(self._lane), self._broker.shutdown_key()], timeout=BLOCK_SECONDS)
        if popped is None or popped[0] != lane_key(self._lane):
            return [], 0
        if not self._gate.take(1, wait_seconds=0.02):
            self._redis.lpush(lane_key(self._lane), popped[1])  # another process may have a thread for it
            return [], 0
        return [int(popped[1])], 1

    def _claim(self, ids: list[int], places: int) -> None:
        try:
            found = claims.claim(self._session.cursor(), ids, worker_id=self._broker.worker_id)
        except db.OUTAGES as error:
            self._session.reset()
            self._gate.give(places)
            logger.warning("claim.lost", lane=self._lane, error=type(error).__name__, tasks=len(ids))
            time.sleep(OUTAGE_PAUSE_SECONDS)
            return
        self._gate.give(places - len(found))
        last_chance = settings().engine.crash_budget - 1
        for claim in found:
            (self._last_chances if claim.crashes == last_chance and last_chance else self._ready).append(claim)

    def _next_alone(self) -> MessageProxy | None:
        if not self._gate.enter_alone(ALONE_WAIT_SECONDS):
            if self._gate.is_closed:
                time.sleep(0.01)
            return None
        claim = self._last_chances.popleft()
        self._alone.add(claim.task_id)
        return self._message(claim)

    def _message(self, claim: Claim) -> MessageProxy:
        stage = catalog.pipelines()[claim.pipeline].stages[claim.stage]
        return MessageProxy(
            dramatiq.Message(
                queue_name=self._lane,
                actor_name=f"{claim.pipeline}.{stage.name}",
                args=(),
                kwargs={"claim": claim},
                options={},
                message_id=str(claim.task_id),
                message_timestamp=0,
            )
        )
