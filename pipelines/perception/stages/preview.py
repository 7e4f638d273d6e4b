"""The one stage of `perception.preview`: what a scan would ask, of whom, and what that may cost. Nothing is written."""

from __future__ import annotations

from typing import Any

from pipelines.clients.platforms import directory
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception import costs, platforms
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
    cap = spend_cap(wish)
    cost = sum(one["costNano"] or 0 for one in told)
    return Outcome(
        output={
            "platforms": told,
            "prompts": asked,
            "repeats": repeats,
            "cells": sum(one["cells"] for one in told),
            "costNano": cost,
            "capNano": cap,
            "fits": cap is None or cost <= cap,
        }
    )


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
