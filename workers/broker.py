"""A small Dramatiq broker: a blocking pop on a lane's list, a claim in Postgres, and nothing else.

No ack set, no delay queue, no heartbeat: Postgres leases do that work. A consumer takes messages for its
process's free threads and claims them in one statement, so what reaches Dramatiq is already ours. On a lane
whose tasks take microseconds a thread gets a handful at once (`Pace`), so that a claim and a hand-over to a
thread serve them all; as soon as one of them is slow, the rest go back.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import chain
from math import ceil
from typing import Any

import dramatiq
from dramatiq.broker import Consumer, MessageProxy

from pipelines import catalog
from pipelines.engine.pipeline import LANES
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
ALONE_WAIT_SECONDS = 5.0  # how long a process takes nothing new so that a last chance finds it empty
HANDFUL_SECONDS = 0.005
MAX_HANDFUL = 16
SLOW_SECONDS = 0.02


class Pace:
    """How long a lane's tasks take in this process, and so how many of them one thread may take at once."""

    def __init__(self) -> None:
        self._seconds = HANDFUL_SECONDS

    def learn(self, seconds: float) -> None:
        """One task took this long."""
        self._seconds += (seconds - self._seconds) * 0.1

    @property
    def handful(self) -> int:
        """Tasks that should be over within HANDFUL_SECONDS; 1 on a lane of ordinary work."""
        return max(1, min(int(HANDFUL_SECONDS / max(self._seconds, 1e-6)), MAX_HANDFUL))


class LaneBroker(dramatiq.Broker):
    """Dramatiq's broker interface over lanes. Tasks come from Postgres, so nothing is ever enqueued through it."""

    def __init__(self, worker_id: str, gate: Gate, runner: Runner) -> None:
        super().__init__(middleware=[])
        self.worker_id = worker_id
        self.gate = gate
        self.runner = runner
        self.paces = {lane: Pace() for lane in LANES}

    def work(self, lane: str, claims_: list[Claim]) -> None:
        """Run a handful on the calling thread. What is left when it takes too long goes back to be claimed again."""
        started = time.monotonic()
        for done, claim in enumerate(claims_):
            if done and time.monotonic() - started > SLOW_SECONDS:
                for unstarted in claims_[done:]:
                    self.runner.hand_back(unstarted)
                break
            before = time.monotonic()
            self.runner.run(claim)
            self.paces[lane].learn(time.monotonic() - before)

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
        self._ready: deque[list[Claim]] = deque()
        self._last_chances: deque[Claim] = deque()
        self._alone: set[int] = set()
        self._session = db.Session(claims.STATEMENTS, application="millrace claim", options=db.REPAIRABLE)
        self._redis = redis.connect(BLOCK_SECONDS + 5)
        self._pop = self._redis.register_script(POP)
        self._redis_was_away = False

    def __next__(self) -> MessageProxy | None:
        if self._ready:
            return self._next_handful()
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
        return self._next_handful() if self._ready else None

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
            for claim in message.kwargs["claims"]:
                self._broker.runner.hand_back(claim)

    def close(self) -> None:
        """Give back what was claimed and not yielded."""
        for claim in (*chain.from_iterable(self._ready), *self._last_chances):
            self._broker.runner.hand_back(claim)
        self._ready.clear()
        self._last_chances.clear()
        self._session.close()
        self._redis.close()

    def _next_ids(self) -> tuple[list[int], int]:
        """Ids of tasks, and the places that were taken for them."""
        places = self._gate.take(self._gate.threads)
        if places:
            wanted = places * self._broker.paces[self._lane].handful
            keys = [lane_key(self._lane), more_key(self._lane), wake_key()]
            try:
                found = self._pop(keys=keys, args=[wanted, self._lane, max(wanted, LOW_WATER)]) or []
            except redis.OUTAGES:
                self._gate.give(places)  # else an outage would keep them, and this process would never work again
                raise
            if found:
                return [int(one) for one in found], places
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
            found = claims.claim(
                self._session.cursor(), ids, worker_id=self._broker.worker_id, pipelines=catalog.pipelines()
            )
        except db.OUTAGES as error:
            self._session.reset()
            self._gate.give(places)
            logger.warning("claim.lost", lane=self._lane, error=type(error).__name__, tasks=len(ids))
            time.sleep(OUTAGE_PAUSE_SECONDS)
            return
        last_chance = settings().engine.crash_budget - 1
        alone = [claim for claim in found if last_chance and claim.crashes == last_chance]
        together = [claim for claim in found if not (last_chance and claim.crashes == last_chance)]
        # Spread over the free threads first; only what is more than they are makes handfuls.
        size = max(ceil(len(together) / places), 1)
        self._ready.extend(together[at : at + size] for at in range(0, len(together), size))
        self._last_chances.extend(alone)
        self._gate.give(places - len(self._ready))  # a last chance takes its place when it gets all of them

    def _next_alone(self) -> MessageProxy | None:
        """The first last chance, if the process empties in time. Others go back: here they would only grow old."""
        claim, others = self._last_chances.popleft(), list(self._last_chances)
        self._last_chances.clear()
        for other in others:
            self._broker.runner.put_off(other)
        if not self._gate.enter_alone(min(ALONE_WAIT_SECONDS, claim.deadline_seconds / 2)):
            self._broker.runner.put_off(claim)
            return None
        self._alone.add(claim.task_id)
        return self._message([claim])

    def _next_handful(self) -> MessageProxy:
        return self._message(self._ready.popleft())

    def _message(self, handful: list[Claim]) -> MessageProxy:
        claim = handful[0]
        stage = catalog.pipelines()[claim.pipeline].stages[claim.stage]
        return MessageProxy(
            dramatiq.Message(
                queue_name=self._lane,
                actor_name=f"{claim.pipeline}.{stage.name}",
                args=(),
                kwargs={"claims": handful},
                options={},
                message_id=str(claim.task_id),
                message_timestamp=0,
            )
        )
