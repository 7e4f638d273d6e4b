"""`python -m workers.scheduler`: dispatch, reconcile, schedules, upkeep, figures, runs and their alerts, each on a thread.

Any number may run. Ends at once on SIGTERM: everything it does is one short transaction at a time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

from pipelines.engine import schedules
from pipelines.engine.dispatcher import Dispatcher
from pipelines.engine.pipeline import LANES
from pipelines.engine.reconciler import Reconciler
from pipelines.engine.roller import Roller
from pipelines.runs import alerts
from pipelines.runs.counter import Counter
from pipelines.upkeep import round_of_upkeep
from store.kit import db, log
from store.kit.errors import Unavailable
from store.kit.settings import settings

logger = log.get("workers.scheduler")
SCHEDULES_SECONDS = 1.0
UPKEEP_SECONDS = 300.0


def main() -> None:
    """Run the loops until told to stop."""
    log.setup("scheduler")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    for loop in (_dispatch, _reconcile, _schedules, _figures, _upkeep, _runs):
        threading.Thread(target=_guard, args=(loop,), name=loop.__name__, daemon=True).start()
    logger.info("scheduler.started", pid=os.getpid())
    stopped.wait()
    logger.info("scheduler.stopped")


def _dispatch() -> None:
    dispatcher = Dispatcher()
    dispatcher.round(LANES)
    while True:
        dispatcher.round(dispatcher.wait())


def _reconcile() -> None:
    reconciler = Reconciler()
    while True:
        reconciler.round()
        time.sleep(settings().engine.reconcile_seconds)


def _schedules() -> None:
    while True:
        try:
            schedules.fire_due()
        except Unavailable as error:
            logger.warning("schedules.postponed", code=error.code)
        time.sleep(SCHEDULES_SECONDS)


def _figures() -> None:
    roller = Roller()
    while True:
        time.sleep(roller.round())


def _upkeep() -> None:
    while True:
        try:
            round_of_upkeep()
        except (Unavailable, *db.OUTAGES) as error:
            logger.warning("upkeep.postponed", error=type(error).__name__)
        time.sleep(UPKEEP_SECONDS)


def _runs() -> None:
    counter = Counter()
    while True:
        try:
            counter.round()
            alerts.check_due()
        except (Unavailable, *db.OUTAGES) as error:
            logger.warning("runs.postponed", error=type(error).__name__)
        time.sleep(settings().runs.count_seconds)


def _guard(loop: Callable[[], None]) -> None:
    """A loop that breaks ends the process, whose supervisor starts it again: better than a silent half."""
    try:
        loop()
    except Exception:
        logger.exception("scheduler.broke", loop=loop.__name__)
        os._exit(1)


if __name__ == "__main__":
    main()
