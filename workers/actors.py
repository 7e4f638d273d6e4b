"""One Dramatiq actor a stage, named `<pipeline>.<stage>`, made from the catalog."""

from __future__ import annotations

import time
from collections.abc import Collection

import dramatiq

from pipelines import catalog
from pipelines.engine.runner import stage_function
from store.jobs.records import Claim
from store.kit import log
from store.kit.settings import settings
from workers.broker import LaneBroker

logger = log.get("workers.actors")


def declare(broker: LaneBroker, lanes: Collection[str]) -> None:
    """Make the actors of these lanes known to the broker."""

    def work(claims: list[Claim]) -> None:
        broker.work(claims[0].lane, claims)

    for pipeline in catalog.pipelines().values():
        for stage in pipeline.stages:
            if stage.lane in lanes:
                named = f"{pipeline.name}.{stage.name}"
                dramatiq.actor(actor_name=named, queue_name=stage.lane, broker=broker)(work)
    for lane in lanes:
        broker.declare_queue(lane)


def prepare(lanes: Collection[str]) -> None:
    """Load the functions behind these lanes' stages and what they want warm, so that no first task waits for it."""
    stages = [one for pipeline in catalog.pipelines().values() for one in pipeline.stages if one.lane in lanes]
    for stage in stages:
        stage_function(stage.run)
    if not settings().lanes.warm:
        return
    for dotted in sorted({stage.warm for stage in stages if stage.warm}):
        began = time.monotonic()
        try:
            catalog.resolve(dotted)()
        except Exception:
            logger.exception("worker.cold", what=dotted)  # its tasks will say what is wrong
        else:
            logger.info("worker.warm", what=dotted, seconds=round(time.monotonic() - began, 2))
