"""One Dramatiq actor a stage, named `<pipeline>.<stage>`, made from the catalog."""

from __future__ import annotations

from collections.abc import Collection

import dramatiq

from pipelines import catalog
from pipelines.engine.runner import stage_function
from store.jobs.records import Claim
from workers.broker import LaneBroker


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


def import_stages(lanes: Collection[str]) -> None:
    """Load the functions behind these lanes' stages, so that the first task does not wait for their libraries."""
    for pipeline in catalog.pipelines().values():
        for stage in pipeline.stages:
            if stage.lane in lanes:
                stage_function(stage.run)
