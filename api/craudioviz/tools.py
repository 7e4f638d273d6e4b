"""/v1/tools: what can be made, and making it."""

from __future__ import annotations

from msgspec import UNSET

from api.craudioviz.tools_types import Executed, ExecuteTool, ToolList, ToolView
from api.jobs import view
from api.kit import metrics
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.surface import CRAUDIOVIZ
from pipelines.tools import catalog
from pipelines.tools.execute import execute, seconds
from pipelines.tools.tool import Tool


class Tools:
    """/v1/tools."""

    @operation("List the tools, each with the schema of its inputs", returns=ToolList)
    async def on_get(self) -> ToolList:
        return ToolList(tools=[_view(tool) for tool in catalog.tools().values()])


class OneTool:
    """/v1/tools/{tool_id}."""

    @operation("Get a tool", returns=ToolView)
    async def on_get(self, tool_id: str) -> ToolView:
        return _view(catalog.get(tool_id))


class ToolExecute:
    """/v1/tools/{tool_id}/execute."""

    @operation("Use a tool", body=ExecuteTool, returns=Executed, status=202)
    def on_post(self, caller: Principal, tool_id: str, body: ExecuteTool, request: Request) -> Answer:
        """Takes the tool's credits; they come back when the job fails. 402 when there are not enough."""
        accepted = execute(
            caller.workspace_id,
            tool_id,
            body.inputs,
            project_id=body.project_id,
            surface=CRAUDIOVIZ.name,
            sandbox=caller.is_test,
            created_by=caller.user_id or caller.key_id,
            idempotency_key=request.idempotency_key,
        )
        if not accepted.replayed:
            metrics.count_submitted(accepted.pipeline)
        time = seconds(catalog.get(tool_id))
        told = Executed(job_id=accepted.id, estimated_time=time, sandbox=caller.is_test or UNSET)
        headers = {"Idempotent-Replayed": "true"} if accepted.replayed else {}
        return Answer(
            body=told, location=view.location(accepted.id), retry_after=max(1, min(time // 4, 10)), headers=headers
        )


def _view(tool: Tool) -> ToolView:
    return ToolView(
        id=tool.id,
        name=tool.name,
        category=tool.category,
        credits_per_use=tool.credits,
        description=tool.description,
        input_schema=tool.schema(),
        estimated_time=tool.seconds,
    )
