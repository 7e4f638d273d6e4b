"""How long a job still takes, from what the stages of its pipeline took lately.

The history is read at most once in ten seconds per pipeline. Time spent waiting in a lane is not in it: the
queue is told by `why`, the work by this.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from pipelines import catalog
from pipelines.engine.pipeline import Pipeline
from store.jobs import queries
from store.jobs.queries import Job
from store.kit.clock import utc_now

TRUSTED_SECONDS = 10.0
TELLING_SHARE = 0.1  # a stage that is this far has told its own pace, which counts more than the history

_history: dict[str, tuple[float, dict[str, float]]] = {}


def seconds_left(job: Job) -> int | None:
    """Whole seconds until the job is done, at least 1; None: it is over, or there is no history yet.

    May query the database: call it on a database thread.
    """
    pipeline = catalog.pipelines().get(job.pipeline)
    if pipeline is None or job.is_over or job.stage >= len(pipeline.stages):
        return None
    elapsed = (utc_now() - job.stage_started_at).total_seconds() if job.stage_started_at else 0.0
    left = remaining(pipeline, history(pipeline.name), stage=job.stage, progress=job.progress, elapsed=elapsed)
    return None if left is None else max(1, round(left))


def whole(pipeline: str) -> int | None:
    """Seconds that a new job of this pipeline takes, from start to end; None: no history yet."""
    known = catalog.get(pipeline)
    left = remaining(known, history(pipeline), stage=0, progress=0.0, elapsed=0.0)
    return None if left is None else max(1, round(left))


def remaining(
    pipeline: Pipeline, means: Mapping[str, float], *, stage: int, progress: float, elapsed: float
) -> float | None:
    """Seconds from here to the end, by each stage's mean; None when a stage that lies ahead has no history.

    `progress` is the job's percent, `elapsed` the seconds since the present stage began. Parts of a fan-out
    are taken to run beside each other until the stage's own pace says otherwise.
    """
    start, end = pipeline.progress(stage, 0.0), pipeline.progress(stage, 1.0)
    share = min(max((progress - start) / (end - start), 0.0), 1.0) if end > start else 0.0
    ahead = [means.get(one.name) for one in pipeline.stages[stage + 1 :]]
    present = means.get(pipeline.stages[stage].name)
    if share >= TELLING_SHARE and elapsed > 0:
        here: float | None = elapsed * (1 - share) / share
    else:
        here = None if present is None else max(present - elapsed, 0.0)
    if here is None or None in ahead:
        return None
    return here + sum(seconds for seconds in ahead if seconds is not None)


def history(pipeline: str) -> dict[str, float]:
    """Mean seconds of each stage, at most TRUSTED_SECONDS old."""
    read_at, means = _history.get(pipeline, (float("-inf"), {}))
    if time.monotonic() - read_at > TRUSTED_SECONDS:
        means = queries.stage_seconds(pipeline)
        _history[pipeline] = (time.monotonic(), means)
    return means
