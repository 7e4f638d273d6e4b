"""*hand_out*: the answers that are still to be judged, in handfuls."""

from __future__ import annotations

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception.stages.collect import left_of
from pipelines.perception.stages.current import scan_of
from store.kit.settings import settings


def run(ctx: Context) -> Outcome:
    """The parts of *judge*."""
    left = left_of(scan_of(ctx), keeps=ctx.output_of("collect")["keeps"])
    size = settings().perception.judge_batch
    return Outcome(parts=[{"answerIds": left[at : at + size]} for at in range(0, len(left), size)])
