"""From stored answers to the cells that scoring and insights read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.perception.records import Cell, Judgement
from pipelines.replies import Citation
from store.kit import structs
from store.perception import answers
from store.perception.scans import ScanNow
from store.perception.tables import Answer


def cells_of(scan: ScanNow) -> list[Cell]:
    """All cells of a scan, in the order of its plan."""
    return [cell(one) for one in answers.of_scan(scan.workspace_id, scan.id)]


def texts_of(found: Sequence[Answer]) -> dict[str, str]:
    """The answers' words by their ids."""
    return {one.id: one.text for one in found}


def cell(one: Answer) -> Cell:
    """One answer as scoring sees it. A cell that was never asked to its end has failed."""
    category: Any = one.prompt.category  # checked by the table
    state: Any = one.state if one.state not in answers.OPEN else "failed"
    return Cell(
        answer_id=one.id,
        platform=one.platform,
        prompt_id=one.prompt_id,
        prompt=one.prompt.text,
        category=category,
        repeat=one.repeat,
        state=state,
        branded=one.prompt.branded,
        model=one.model,
        judgement=None if one.judgement is None else structs.convert(one.judgement, Judgement),
        voice=one.voice,
        citations=tuple(structs.convert(one.citations, list[Citation])),
        sandbox=one.sandbox,
    )
