"""One Dramatiq actor a stage, named `<pipeline>.<stage>`, made from the catalog."""

from __future__ import annotations

from collections.abc import Collection

import dramatiq

from pipelines import catalog
from store.jobs.records import Claim
from workers.broker import LaneBroker


def declare(broker: LaneBroker, lanes: Collection[str]) -> None:
    """Make the actors of these lanes known to the broker."""

    def work(claim: Claim) -> None:
        broker.runner.run(claim)

    for pipeline in catalog.pipelines().values():
        for stage in pipeline.stages:
            if stage.lane in lanes:
                dramatiq.actor(
                    work, actor_name=f"{pipeline.name}.{stage.name}", queue_name=stage.lane, broker=broker
                )
    for lane in lanes:
        broker.declare_queue(lane)
