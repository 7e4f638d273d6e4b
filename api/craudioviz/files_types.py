"""What /v1/files takes and gives. `sandbox` marks what a test key made."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from api.craudioviz.projects_types import Limit, Offset
from api.kit.types import Snake


class UploadForm(Snake):
    """The text fields beside the file."""

    project_id: Annotated[str, Meta(max_length=100)] | None = None


class FileView(Snake):
    """`url` is a signed link that opens for a day; `type` is what the content says it is."""

    file_id: str
    url: str
    size: int
    type: str
    name: str
    project_id: str | None
    created_at: str
    sandbox: bool | UnsetType = UNSET


class ListFiles(Snake):
    """Which files, newest first."""

    project_id: Annotated[str, Meta(max_length=100)] | None = None
    limit: Limit = 20
    offset: Offset = 0


class FilePage(Snake):
    files: list[FileView]
    total: int
    has_more: bool


class OpenFile(Snake):
    """A link's end and signature."""

    expires: int | None = None
    signature: Annotated[str, Meta(max_length=100)] | None = None
