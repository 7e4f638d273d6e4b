"""The deliverer: one event loop in each worker process that serves the lane `hooks`.

It reads the log (feed), takes the turns of endpoints that have something due, and writes what came of the attempts,
many at a time. Everything it knows is in Postgres: killed at any line, another one goes on, and a receiver may get a
delivery twice, under the same id. Redis only says "look now".
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import uvloop

from pipelines.clients.egress import Gate
from pipelines.clients.poster import Poster
from pipelines.webhooks import notices, policy
from pipelines.webhooks.feed import Feeder
from pipelines.webhooks.sending import run_turn
from store.jobs.wake import events_channel
from store.kit import addresses, db, log, redis
from store.kit.clock import utc_now
from store.kit.errors import DomainError
from store.kit.settings import settings
from store.webhooks import ledger, turns
from store.webhooks.records import Attempted, Due, Turn, TurnEnd

logger = log.get("pipelines.webhooks.deliverer")
LOOK_SECONDS = 0.5  # how often Postgres is looked at without a hint
FEED_GAP_SECONDS = 0.02  # a busy log is read in pages rather than line by line
LOOKS_AFTER_HINT = 4  # a line becomes visible when older transactions have ended, a moment after its own hint
PRUNE_SECONDS = 300.0
MARGIN_SECONDS = 30  # a turn is taken from a worker that lives but does not end it after so much more
OUTAGE_PAUSE_SECONDS = 1.0


class _Running:
    """A turn of this process, until its end is written. `open` is what it may have open at once."""

    def __init__(self, task: asyncio.Task[None], opens: int, is_proven: bool) -> None:
        self.task = task
        self.open = opens
        self.is_proven = is_proven

    def ended(self, task: asyncio.Task[None]) -> None:
        self.open = 0
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("webhook.turn_broke", exc_info=error)


class Deliverer:
    """`start()`, then `stop()` and `join()`, from any thread."""

    def __init__(self, worker_id: str) -> None:
        self._worker_id = worker_id
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more turns; open requests end, and what they came to is written."""
        self._stopping.set()
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)

    def join(self, seconds: float) -> None:
        """Wait for that; what is not over by then is free for others as soon as this worker's lease is given up."""
        self._thread.join(seconds)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        self._stopped = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._stopping.is_set():
            return
        self._poster = Poster(Gate(addresses.networks(settings().egress.allow)))
        self._feeder = Feeder()
        self._reading = db.Session({}, application="millrace webhook turns")
        self._writing = db.Session({}, application="millrace webhook ledger")
        # One thread each: feed, turns and ledger have a connection of their own.
        self._threads = {name: ThreadPoolExecutor(1, f"hooks-{name}") for name in ("feed", "turns", "ledger")}
        self._hint, self._due = asyncio.Event(), asyncio.Event()
        self._told, self._written = asyncio.Event(), asyncio.Event()
        self._written.set()
        self._anyone = False
        self._results: list[Attempted | TurnEnd] = []
        self._turns: dict[str, _Running] = {}
        loops = [asyncio.create_task(self._guard(loop)) for loop in (self._hear, self._feed, self._choose, self._prune)]
        writer = asyncio.create_task(self._guard(self._write))
        await self._stopped.wait()
        for loop in loops:
            loop.cancel()
        if self._turns:
            await asyncio.wait([one.task for one in self._turns.values()])
        await self._written.wait()
        writer.cancel()
        await self._in_thread("ledger", lambda: turns.release(self._writing.cursor(), self._worker_id))
        self._poster.close()

    async def _guard(self, loop: Callable[[], Any]) -> None:
        """Run one round of a loop after the other; an outage is waited out, a bug is told and tried again."""
        while True:
            try:
                await loop()
            except (*db.OUTAGES, *redis.OUTAGES, DomainError) as error:
                logger.warning("webhooks.postponed", part=loop.__name__, error=type(error).__name__)
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            except Exception:
                logger.exception("webhooks.broke", part=loop.__name__)
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    async def _hear(self) -> None:
        if not self._anyone:  # a busy engine rings all the time; without an endpoint nobody needs to hear it
            await asyncio.sleep(LOOK_SECONDS)
            return
        async with redis.connect_async() as client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(events_channel())
            while self._anyone:
                if await pubsub.get_message(timeout=60):
                    self._hint.set()

    async def _feed(self) -> None:
        looks = LOOKS_AFTER_HINT if await _within(self._hint, LOOK_SECONDS) else 1
        self._hint.clear()
        for look in range(looks):
            made, self._anyone = await self._in_thread("feed", self._feeder.round)
            self._due.set()  # also for what the API put up: a ping, a resend
            if not self._anyone:
                await asyncio.sleep(LOOK_SECONDS)
                break
            await asyncio.sleep(FEED_GAP_SECONDS * (look + 1))
            if made:
                break

    async def _choose(self) -> None:
        await _within(self._due, LOOK_SECONDS)
        self._due.clear()
        while self._anyone and await self._in_thread("turns", self._take):
            pass

    async def _write(self) -> None:
        if not self._results:  # some are left after an outage
            await self._told.wait()
        self._told.clear()
        while self._results:
            batch = list(self._results)
            await self._in_thread("ledger", partial(self._store, batch))
            # Only now: an outage leaves them for the next round.
            del self._results[: len(batch)]
            for one in batch:
                if isinstance(one, TurnEnd):
                    # From here on it may be taken again.
                    self._turns.pop(one.id, None)
                    self._due.set()
        self._written.set()

    def _tell(self, result: Attempted | TurnEnd) -> None:
        self._results.append(result)
        self._written.clear()
        self._told.set()

    def _take(self) -> bool:
        """On the turns' thread: take turns and begin them. Whether there may be more to take."""
        wanted = settings().webhooks
        running = list(self._turns.values())
        half = wanted.process_in_flight // 2
        # A turn counts as what it may have open at once; endpoints without a record open little.
        proven = half - sum(one.open for one in running if one.is_proven)
        others = half - sum(one.open for one in running if not one.is_proven)
        now = utc_now()
        try:
            cursor = self._reading.cursor()
            taken = turns.take(
                cursor,
                self._worker_id,
                mine=list(self._turns),
                now=now,
                lasts=timedelta(seconds=wanted.turn_seconds + wanted.timeout_seconds + MARGIN_SECONDS),
                proven=proven // wanted.max_in_flight + 1 if proven > 0 else 0,
                others=others // 2 + 1 if others > 0 else 0,
            )
            if not taken or self._loop is None:
                return False
            lanes = {turn.id: policy.Lane(turn, now=now) for turn in taken}
            due = turns.due(cursor, [(turn.id, lanes[turn.id].most) for turn in taken], now=now)
        except Exception:
            self._reading.reset()
            raise
        for turn in taken:
            self._loop.call_soon_threadsafe(self._begin, turn, lanes[turn.id], due[turn.id])
        return True

    def _begin(self, turn: Turn, lane: policy.Lane, due: list[Due]) -> None:
        task = asyncio.create_task(run_turn(turn, lane, due, self._poster, self._tell))
        proven = turn.failures == 0 and turn.last_success_at is not None
        running = self._turns[turn.id] = _Running(task, min(lane.in_flight, max(len(due), 1)), proven)
        task.add_done_callback(running.ended)

    def _store(self, batch: list[Attempted | TurnEnd]) -> None:
        """On the ledger's thread. What cannot be stored is told and dropped, and holds up nothing else."""
        attempts = [one for one in batch if isinstance(one, Attempted)]
        ends = [one for one in batch if isinstance(one, TurnEnd)]
        try:
            ledger.write(self._writing.cursor(), attempts, ends)
        except db.OUTAGES:
            self._writing.reset()
            raise
        except Exception:
            self._writing.reset()
            if len(batch) > 1:
                for one in batch:
                    self._store([one])
                return
            logger.exception("webhook.unstorable")
        for end in ends:
            if end.disable is not None:
                notices.disable(end.workspace_id, end.id, reason=end.disable)

    async def _prune(self) -> None:
        keep = timedelta(days=settings().engine.retention_days)
        gone = await self._in_thread("ledger", lambda: ledger.prune(self._writing.cursor(), now=utc_now(), keep=keep))
        if not gone:
            await asyncio.sleep(PRUNE_SECONDS)

    async def _in_thread(self, name: str, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads[name], work)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event; False when the time was over first."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
