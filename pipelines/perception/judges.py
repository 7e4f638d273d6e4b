"""Who judged a scan's answers, counted from their judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.perception.records import Cell
from pipelines.perception.scores import Judging
from store.perception.consultations import Used


def judging_of(cells: Sequence[Cell], used: Used) -> Judging:
    """`used` is what the model used for the scan, also for judgements that were made anew since."""
    judged = [cell.judgement for cell in cells if cell.judgement is not None]
    read = [one.model for one in judged if one.model is not None]
    heard = sum(one.used for one in read)
    return Judging(
        rules=len(judged) - heard,
        with_model=heard,
        model=read[0].model if read else None,
        reasons=dict(Counter(one.reason or "" for one in read if not one.used)),
        tokens=used.tokens,
        cost_nano=used.cost_nano,
    )


def version_of(cells: Sequence[Cell]) -> str:
    """The judge of a scan: that of its answers, the one that heard a model where some did."""
    judged = [cell.judgement for cell in cells if cell.judgement is not None]
    with_model = [one.judge_version for one in judged if one.model is not None and one.model.used]
    return (with_model or [one.judge_version for one in judged] or [""])[0]
