"""Judging beside the asking: what came is judged by others while the platforms are asked on."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.engine.submit import Submission, submit
from pipelines.perception import consulting
from pipelines.perception.pipeline import EARLY, EARLY_WITH_MODEL, EarlyInput


def begin(workspace_id: str, scan_id: str, answer_ids: Sequence[str], *, sandbox: bool = False) -> None:
    """Have those of these answers judged that are valid. Should that not come about, *judge* does it later.

    No model is asked about what the `sandbox` answered.
    """
    wish = EarlyInput(scan_id=scan_id, answer_ids=list(answer_ids))
    pipeline = EARLY if sandbox or consulting.model() is None else EARLY_WITH_MODEL
    submit(Submission(workspace_id=workspace_id, pipeline=pipeline.name, input=wish))
