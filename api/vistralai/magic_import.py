"""/api/aeo/magic-import: fill a brand from its website in one job. What runs is told in pipelines/magic_import."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.types import Camel
from api.vistralai import progress
from api.vistralai.onboarding import who
from api.vistralai.progress import JobFault
from pipelines.magic_import.pipeline import PIPELINE, submit
from store.brands.values import Label

Stage = Literal["crawl", "analyze", "competitors", "profile"]
STAGES: list[Any] = [stage.name for stage in PIPELINE.stages]


class MagicImportRequest(Camel):
    """The website to read, and the caller's own id of the organization: its brand goes by the same id."""

    organization_id: Annotated[Label, Meta(examples=["org_123"])]
    website_url: Annotated[str, Meta(max_length=4096, examples=["https://example.com"])]


class ImportStarted(Camel, kw_only=True):
    """The job that fills the brand; progress is percent, times are seconds."""

    import_id: str
    status: Literal["started"] = "started"
    stages: list[Stage]
    current_stage: Stage
    progress: int = 0
    estimated_time_remaining: int


class ImportView(Camel, kw_only=True):
    """Where the import stands. `result` is null until it is completed; `error` is there when it failed."""

    import_id: str
    status: Literal["processing", "completed", "failed", "cancelled"]
    stages: list[Stage]
    current_stage: Stage
    progress: int
    message: str | UnsetType = UNSET
    estimated_time_remaining: int | UnsetType = UNSET
    result: Any = None
    error: JobFault | UnsetType = UNSET


class MagicImport:
    """POST starts a job that fills a brand."""

    @operation(
        "Fill a brand from its website", body=MagicImportRequest, returns=ImportStarted, status=202, load="heavy"
    )
    def on_post(self, caller: Principal, body: MagicImportRequest, request: Request) -> Answer:
        accepted = submit(
            caller.workspace_id,
            organization_id=body.organization_id,
            website_url=body.website_url,
            surface=request.surface.name,
            created_by=who(caller),
            idempotency_key=request.idempotency_key,
        )
        left = progress.seconds_of_a_new_one(PIPELINE)
        return Answer(
            body=ImportStarted(
                import_id=accepted.id, stages=STAGES, current_stage=STAGES[0], estimated_time_remaining=left
            ),
            location=f"/api/aeo/magic-import/{accepted.id}",
            retry_after=progress.pause(left),
        )


class MagicImportById:
    """GET tells how far it is, and its result: the brand as it was filled, with the reviews that wait for a person."""

    @operation("Follow an import", returns=ImportView)
    def on_get(self, caller: Principal, import_id: str) -> Answer:
        job = progress.found(caller.workspace_id, import_id, PIPELINE, field="importId", what="import")
        left = UNSET if job.is_over else progress.seconds_left(job)
        body = ImportView(
            import_id=job.id,
            status=job.state if job.is_over else "processing",  # type: ignore[arg-type]
            stages=STAGES,
            current_stage=progress.stage_of(job, PIPELINE),
            progress=int(job.progress),
            message=job.message or UNSET,
            estimated_time_remaining=left,
            result=job.result,
            error=progress.fault_of(job, "The import failed."),
        )
        return Answer(
            body=body, etag=progress.etag(job), retry_after=progress.pause(left) if isinstance(left, int) else None
        )
