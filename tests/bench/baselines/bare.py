"""The other baseline: Dramatiq on Redis at its defaults, no store at all; a job is counted in Redis when it is done."""

from __future__ import annotations

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

broker = RedisBroker(url=os.environ["BENCH_REDIS"])
dramatiq.set_broker(broker)


@dramatiq.actor
def noop(_number: int) -> None:
    pass
