"""A pipeline for each tool, `tools.<id>`, so that each has its own price, history and estimate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.tools.catalog import tools
from pipelines.tools.tool import Tool


def name_of(tool: Tool) -> str:
    """The tool's pipeline."""
    return f"tools.{tool.id}"


def _pipeline(tool: Tool) -> Pipeline:
    fields: list[Any] = [("tool", str), ("inputs", tool.inputs), ("project_id", str | None, None)]
    return Pipeline(
        name=name_of(tool),
        title=tool.name,
        description=tool.description,
        input=msgspec.defstruct(f"{tool.id}_order", fields, frozen=True, forbid_unknown_fields=True),
        price=lambda _input: tool.credits,
        links=True,
        stages=(
            Stage(
                name="make",
                lane="tools",
                run="pipelines.tools.make:run",
                attempts=3,
                deadline=timedelta(seconds=2 * tool.limit_seconds + 30),
                message=tool.message,
            ),
        ),
    )


PIPELINES = tuple(_pipeline(tool) for tool in tools().values())
