"""The one stage of `perception.preview`: what a scan would ask, of whom, and what that may cost. Nothing is written."""

from __future__ import annotations

from typing import Any

from pipelines.clients.platforms import directory
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception import consulting, costs, platforms, profile
from pipelines.perception.judge_model import expected_of
from pipelines.perception.pipeline import ScanInput, spend_cap
from pipelines.perception.questions import CATEGORIES, questions, subject_of
from store.kit import structs
from store.kit.settings import settings


def run(ctx: Context) -> Outcome:
    """Per platform and in all; money in nano-dollars, None where nobody knows a price."""
    wish = structs.convert(ctx.input, ScanInput)
    subject = subject_of(ctx.workspace_id, wish.brand360_id)
    asked = len(questions(subject, wish.prompt_count, wish.categories or CATEGORIES))
    repeats = wish.repeats or settings().perception.repeats
    told = [_platform(name, asked * repeats) for name in dict.fromkeys(wish.platforms)]
    judge = _judge(sum(one["cells"] for one in told if not one["sandbox"]), workspace_id=ctx.workspace_id, wish=wish)
    cap = spend_cap(wish)
    cost = sum(one["costNano"] or 0 for one in (*told, *([judge] if judge else [])))
    return Outcome(
        output={
            "platforms": told,
            "prompts": asked,
            "repeats": repeats,
            "cells": sum(one["cells"] for one in told),
            "costNano": cost,
            "capNano": cap,
            "fits": cap is None or cost <= cap,
            "judge": judge,
        }
    )


def _judge(cells: int, *, workspace_id: str, wish: ScanInput) -> dict[str, Any] | None:
    """The model that would read the answers, at most all of them; None when none does."""
    model = consulting.model()
    if model is None or not cells:
        return None
    each = costs.of_model(expected_of(profile.facts_of(workspace_id, wish.brand360_id)))
    return {"model": model, "calls": cells, "costNano": None if each is None else each * cells}


def _platform(name: str, cells: int) -> dict[str, Any]:
    if platforms.sandbox_answers(name):
        return {"platform": name, "sandbox": True, "model": f"sandbox-{name}", "cells": cells, "costNano": 0}
    found = directory.find(name)
    each = costs.estimate_nano(found) if found is not None else None
    return {
        "platform": name,
        "sandbox": False,
        "model": platforms.model_of(name),
        "cells": cells,
        "costNano": None if each is None else each * cells,
    }
