"""The report pipeline as data, and how to ask for a report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission, submit_in_transaction
from store.brands.tables import Brand
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import InvalidInput
from store.kit.settings import settings
from store.reports import queries
from store.reports.queries import ReportNow

LONGEST = timedelta(days=3660)


class ReportInput(Struct, frozen=True, rename="camel"):
    """What to report on; days are both included."""

    brand_id: str
    format: Literal["pdf", "csv"]
    first_day: date | None = None
    last_day: date | None = None


PIPELINE = Pipeline(
    name="perception.report",
    title="Render a report",
    input=ReportInput,
    stages=(
        Stage(
            name="render",
            lane="cpu",
            run="pipelines.perception.reports.render:run",
            attempts=3,
            deadline=timedelta(minutes=3),
            message="Rendering",
        ),
    ),
)


def ask_for(
    brand: Brand,
    *,
    format: Literal["pdf", "csv"],  # noqa: A002  the contract's word
    first_day: date | None,
    last_day: date | None,
    surface: str,
    created_by: str,
    idempotency_key: str | None = None,
) -> ReportNow:
    """A report of these days, both included, that a worker renders. Raises InvalidInput that names the range."""
    if first_day and last_day:
        if last_day < first_day:
            raise InvalidInput("`dateRange.end` lies before `dateRange.start`.", field="dateRange.end")
        if last_day - first_day > LONGEST:
            raise InvalidInput("`dateRange` is longer than ten years.", field="dateRange.end")
    with transaction():
        accepted = submit_in_transaction(
            Submission(
                workspace_id=brand.workspace_id,
                pipeline=PIPELINE.name,
                input=ReportInput(brand_id=brand.id, format=format, first_day=first_day, last_day=last_day),
                surface=surface,
                created_by=created_by,
                idempotency_key=idempotency_key,
            )
        )
        return queries.create(
            brand.workspace_id,
            brand.id,
            job_id=accepted.id,
            format=format,
            first_day=first_day,
            last_day=last_day,
            expires_at=utc_now() + timedelta(hours=settings().reports.hours),
            created_by=created_by,
        )
