"""The export pipeline as data, and how to ask for an export."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission, submit_in_transaction
from store.exports import queries
from store.exports.queries import ExportNow
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import QuotaExceeded
from store.kit.settings import settings

Format = Literal["json", "csv", "report"]


class ExportInput(Struct, frozen=True, rename="camel"):
    """What was asked for; the export's row has the very moments."""

    format: Format
    days: int
    content: bool


PIPELINE = Pipeline(
    name="runs.export",
    title="Export runs",
    input=ExportInput,
    stages=(
        Stage(
            name="write",
            lane="cpu",
            run="pipelines.runs.exports.write:run",
            attempts=3,
            deadline=timedelta(minutes=30),
            message="Exporting",
        ),
    ),
)


def path_of(export_id: str) -> str:
    """Where an export's file is."""
    return f"/api/export/{export_id}/file"


def ask_for(
    workspace_id: str,
    *,
    format: Format,  # noqa: A002 - the contract's word
    start: datetime,
    end: datetime,
    with_texts: bool,
    created_by: str | None,
    idempotency_key: str | None = None,
) -> ExportNow:
    """An export of the runs of [start, end) that a worker writes. Raises QuotaExceeded when enough are being made."""
    wanted = settings().runs
    with transaction():
        if queries.open_ones(workspace_id) >= wanted.max_open_exports:
            raise QuotaExceeded(
                f"{wanted.max_open_exports} exports are being made; wait for one of them.",
                code="too_many_exports",
                retry_after=timedelta(seconds=10),
            )
        accepted = submit_in_transaction(
            Submission(
                workspace_id=workspace_id,
                pipeline=PIPELINE.name,
                input=ExportInput(format=format, days=(end - start).days, content=with_texts),
                surface="runs",
                created_by=created_by,
                idempotency_key=idempotency_key,
            )
        )
        return queries.create(
            workspace_id,
            job_id=accepted.id,
            format=format,
            with_texts=with_texts,
            start_at=start,
            end_at=end,
            expires_at=utc_now() + timedelta(hours=wanted.export_hours),
            created_by=created_by,
        )
