"""One worker process: Dramatiq's threads over our broker, and a pipe to its keeper.

The keeper speaks on standard input: `cancelled <task>`, `deadline <task>` (once more: by force), `stop`.
End of file means that the keeper is gone: nobody renews the lease, so the process hands its work back and ends.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from dramatiq import Worker

from pipelines.engine.finisher import Finisher
from pipelines.engine.marker import Marker
from pipelines.engine.outcomes import Cancelled, DeadlineExceeded, Interrupted
from pipelines.engine.runner import Runner
from store.jobs import leases
from store.jobs.wake import Pusher
from store.kit import db, log
from store.kit.settings import settings
from workers import actors
from workers.broker import LaneBroker
from workers.gate import Gate

if TYPE_CHECKING:
    from pipelines.webhooks.deliverer import Deliverer

logger = log.get("workers.child")
WEBHOOK_LANE = "hooks"
REASONS = {"cancelled": Cancelled, "deadline": DeadlineExceeded}


class Process:
    """Everything of one worker process."""

    def __init__(self, worker_id: str, lanes: list[str], threads: int) -> None:
        self._worker_id = worker_id
        self._lanes = lanes
        self._finisher = Finisher()
        self._runner = Runner(self._finisher, Marker())
        self._broker = LaneBroker(worker_id, Gate(threads), self._runner)
        actors.declare(self._broker, lanes)
        self._worker = Worker(self._broker, queues=set(lanes), worker_threads=threads, worker_timeout=1000)
        self._told: set[int] = set()
        self._webhooks = _webhooks(worker_id) if WEBHOOK_LANE in lanes else None

    def run(self) -> None:
        """Work until the keeper says stop or goes away."""
        self._worker.start()
        if self._webhooks is not None:
            self._webhooks.start()
        threading.Thread(target=actors.prepare, args=(self._lanes,), name="prepare", daemon=True).start()
        logger.info("worker.started", worker_id=self._worker_id, pid=os.getpid())
        orphaned = True
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "stop":
                orphaned = False
                break
            if word in REASONS:
                task_id = int(rest)
                self._runner.stop(task_id, REASONS[word], by_force=task_id in self._told)
                self._told.add(task_id)
        self._stop(orphaned=orphaned)

    def _stop(self, *, orphaned: bool) -> None:
        """Take nothing more, let running tasks finish within the grace, hand the rest back, leave."""
        engine = settings().engine
        grace = min(engine.grace_seconds, engine.lease_seconds / 2) if orphaned else engine.grace_seconds
        self._runner.close()
        self._broker.close_gate()
        if self._webhooks is not None:
            self._webhooks.stop()
        until = time.monotonic() + grace
        while self._runner.active() and time.monotonic() < until:
            time.sleep(0.05)
        if self._runner.active():
            logger.warning("worker.interrupting", tasks=self._runner.active())
            self._runner.stop_all(Interrupted, by_force=True)
        if self._webhooks is not None:
            self._webhooks.join(max(until - time.monotonic(), 1))
        # Only now: Dramatiq hands unstarted messages back after its running ones, which would keep them for the grace.
        stopping = threading.Thread(target=self._worker.stop, args=(5000,), daemon=True)
        stopping.start()
        stopping.join(5)
        self._finisher.close(5)
        self._leave()
        logger.info("worker.stopped", worker_id=self._worker_id)
        sys.stderr.flush()
        os._exit(0)  # a thread inside a C call must not keep the process; its task was handed back

    def _leave(self) -> None:
        """Give up the lease, and with it whatever could not be stopped; nothing is charged for it."""
        try:
            with db.plain_cursor() as cursor:
                lanes = leases.release(cursor, self._worker_id, culprits=[])
            Pusher().push([], waiting=lanes)
        except Exception as error:
            logger.warning("worker.left_behind", error=type(error).__name__)


def _webhooks(worker_id: str) -> Deliverer:
    from pipelines.webhooks.deliverer import Deliverer  # only the processes of this lane pay for it

    return Deliverer(worker_id)


def main() -> None:
    """`python -m workers.child --id … --lanes a,b --threads n`, started by the keeper."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--id", required=True)
    parser.add_argument("--lanes", required=True)
    parser.add_argument("--threads", type=int, required=True)
    wanted = parser.parse_args()
    log.setup("worker")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Process(wanted.id, wanted.lanes.split(","), wanted.threads).run()


if __name__ == "__main__":
    main()
