"""What /v1/tools takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Snake


class ToolView(Snake):
    """A tool. `input_schema` is JSON Schema; `estimated_time` is in seconds."""

    id: str
    name: str
    category: str
    credits_per_use: int
    description: str
    input_schema: dict[str, Any]
    estimated_time: int


class ToolList(Snake):
    tools: list[ToolView]


class ExecuteTool(Snake):
    """`inputs` are checked by the tool's `input_schema`; what is made becomes an item of the project, if one is named."""

    inputs: dict[str, Any]
    project_id: Annotated[str, Meta(max_length=100)] | None = None


class Executed(Snake, kw_only=True):
    """The job to poll: GET /v1/jobs/{job_id}. `estimated_time` is in seconds."""

    job_id: str
    status: Literal["processing"] = "processing"
    estimated_time: int
    sandbox: bool | UnsetType = UNSET
