"""GET /v1/pipelines: what can be submitted, with the schema of its input."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from api.jobs.types import PipelineList, PipelineView, StageView
from api.kit.operation import operation
from pipelines import catalog
from pipelines.engine.pipeline import Pipeline


class Pipelines:
    """/v1/pipelines."""

    @operation("List the pipelines that can be submitted by name", returns=PipelineList)
    async def on_get(self) -> PipelineList:
        return _all()


@lru_cache(maxsize=1)
def _all() -> PipelineList:
    return PipelineList([_view(pipeline) for pipeline in catalog.public()])


def _view(pipeline: Pipeline) -> PipelineView:
    return PipelineView(
        name=pipeline.name,
        title=pipeline.title,
        description=pipeline.description,
        stages=[
            StageView(
                name=stage.name,
                lane=stage.lane,
                weight=stage.weight,
                fan_out=stage.fan_out,
                attempts=stage.attempts,
                deadline_seconds=stage.deadline.total_seconds(),
            )
            for stage in pipeline.stages
        ],
        input_schema={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **msgspec.json.schema(pipeline.input),
        },
    )
