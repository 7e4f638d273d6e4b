"""Query, body and response types of /api/export."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel

Format = Literal["json", "csv", "report"]
Days = Annotated[int, Meta(ge=1, le=3660)]


class ExportRuns(Camel):
    """The runs of the last `days`. `content=true` adds input and output to JSON; `output=pdf` is for a report."""

    format: Format = "json"
    days: Days = 30
    content: bool = False
    output: Literal["html", "pdf"] = "html"


class AskForExport(Camel):
    """A file that a worker writes; a report is a PDF."""

    format: Format
    days: Days = 30
    content: bool = False


class ListExports(Camel):
    """Which page; newest first."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class ExportError(Camel):
    code: str
    message: str


class ExportView(Camel):
    """An export that is a file. `url` opens it until `expiresAt` without a key; it is there once `status` is completed."""

    id: str
    job_id: str
    status: Literal["processing", "completed", "failed", "expired"]
    format: Format
    start_date: datetime
    end_date: datetime
    runs: int | None
    created_at: datetime
    expires_at: datetime
    url: str | UnsetType = UNSET
    error: ExportError | UnsetType = UNSET


class ExportList(Camel):
    exports: list[ExportView]
    next_cursor: str | None
    has_more: bool


class OpenFile(Camel):
    """What a signed link carries."""

    expires: int | None = None
    signature: str | None = None
