"""`python -m workers.main`: a keeper and its worker processes. Stops gracefully on SIGTERM and SIGINT."""

from __future__ import annotations

import argparse
import signal
from typing import Any

from pipelines.engine.pipeline import LANES
from store.kit import log
from store.kit.settings import settings
from workers.keeper import Keeper


def main(*, child: str = "workers.child") -> None:
    """Parse the command line and keep processes of the module `child` until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", default=",".join(LANES), help="lanes to serve, comma separated")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=settings().lanes.groups[0].threads)
    wanted = parser.parse_args()
    lanes = [lane.strip() for lane in wanted.lanes.split(",") if lane.strip()]
    unknown = sorted(set(lanes) - set(LANES))
    if unknown:
        parser.error(f"unknown lanes: {', '.join(unknown)} (there are {', '.join(LANES)})")
    log.setup("keeper")
    keeper = Keeper(lanes, processes=wanted.processes, threads=wanted.threads, child=child)

    def stop(_signal: int, _frame: Any) -> None:
        keeper.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    keeper.run()


if __name__ == "__main__":
    main()
