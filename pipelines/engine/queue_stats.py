"""The jobs of a workspace, or of all, as queues and lanes: what waits, what is worked on, what came of it.

A queue is a run of stages that say so (`Stage.queue`); a job leaves it completed when the last of them is done. The
numbers come from the rollup of the log: none of them is counted in the tables of jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from msgspec import Struct

from pipelines import catalog
from pipelines.engine.pipeline import LANES, Pipeline, Queue
from store.jobs import rollup
from store.jobs.rollup import WHOLE, Figure

ALL = rollup.ALL
Figures = Mapping[tuple[str, int], Figure]


class Counts(Struct):
    """Jobs in a queue or lane now (`waiting` for their turn, `active`, `delayed` until their time), and those that left."""

    waiting: int = 0
    active: int = 0
    completed: int = 0
    failed: int = 0
    delayed: int = 0

    def add(self, figure: Figure, *, leaves: bool = True) -> None:
        """The jobs of one stage; `leaves`: whoever has passed it has passed the whole queue."""
        self.waiting += max(figure.open - figure.active - figure.delayed, 0)
        self.active += figure.active
        self.delayed += figure.delayed
        self.failed += figure.failed
        self.completed += figure.completed if leaves else 0


class QueueStats(Struct, frozen=True):
    """`mean_seconds` from a job's start to its end, `success_rate` of those that ended by themselves; None: none did."""

    queues: dict[str, Counts]
    lanes: dict[str, Counts]
    jobs: int
    mean_seconds: float | None
    success_rate: float | None


def of(workspace_id: str) -> QueueStats:
    """Of a workspace, or of ALL, at this moment."""
    figures = {(one.pipeline, one.stage): one for one in rollup.figures(workspace_id)}
    queues = {queue: Counts() for queue in get_args(Queue)}
    lanes = {lane: Counts() for lane in LANES}
    for pipeline in catalog.pipelines().values():
        _add(pipeline, figures, queues, lanes)
    whole = [one for one in figures.values() if one.stage == WHOLE]
    completed, failed = sum(one.completed for one in whole), sum(one.failed for one in whole)
    return QueueStats(
        queues=queues,
        lanes=lanes,
        jobs=sum(one.open + one.completed + one.failed + one.cancelled for one in whole),
        mean_seconds=sum(one.seconds for one in whole) / completed if completed else None,
        success_rate=completed / (completed + failed) if completed + failed else None,
    )


def _add(pipeline: Pipeline, figures: Figures, queues: dict[str, Counts], lanes: dict[str, Counts]) -> None:
    last = {stage.queue: number for number, stage in enumerate(pipeline.stages)}
    for number, stage in enumerate(pipeline.stages):
        figure = figures.get((pipeline.name, number))
        if figure is None or pipeline.internal:
            continue
        lanes[stage.lane].add(figure)
        if stage.queue is not None:
            queues[stage.queue].add(figure, leaves=number == last[stage.queue])
