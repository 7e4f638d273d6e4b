"""Judging beside the asking: what came is judged by others while the platforms are asked on."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.engine.submit import Submission, submit
from pipelines.perception.pipeline import EARLY, EarlyInput


def begin(workspace_id: str, scan_id: str, answer_ids: Sequence[str]) -> None:
    """Have those of these answers judged that are valid. Should that not come about, *judge* does it later."""
    wish = EarlyInput(scan_id=scan_id, answer_ids=list(answer_ids))
    submit(Submission(workspace_id=workspace_id, pipeline=EARLY.name, input=wish))
