"""What /v1/projects and /v1/items take and give. `sandbox` marks what a test key made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from api.kit.types import Snake

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Description = Annotated[str, Meta(max_length=5000)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=50)]
Settings = Annotated[dict[str, Any], Meta(max_length=100)]
Limit = Annotated[int, Meta(ge=1, le=100)]
Offset = Annotated[int, Meta(ge=0, le=1_000_000)]


class CreateProject(Snake):
    name: Name
    description: Description | None = None
    tags: Tags = field(default_factory=list)
    settings: Settings = field(default_factory=dict)


class ChangeProject(Snake):
    """Fields to set; what is not sent stays as it is."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    settings: Settings | UnsetType = UNSET


class ListProjects(Snake):
    """Which page: `limit` and `offset`, or `limit` and `page` (from 1). `tags` may be repeated, or joined by commas."""

    limit: Limit = 20
    offset: Offset | None = None
    page: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    sort: Literal["created_at", "updated_at", "name"] = "created_at"
    order: Literal["asc", "desc"] = "desc"
    tags: list[str] = field(default_factory=list)


class CreatedProject(Snake, kw_only=True):
    id: str
    name: str
    created_at: str
    status: Literal["active"] = "active"
    description: str | None
    tags: list[str]
    settings: dict[str, Any]
    sandbox: bool | UnsetType = UNSET


class ListedProject(Snake):
    id: str
    name: str
    items_count: int
    created_at: str
    updated_at: str
    tags: list[str]
    sandbox: bool | UnsetType = UNSET


class ProjectPage(Snake):
    projects: list[ListedProject]
    total: int
    has_more: bool


class ItemInProject(Snake, kw_only=True):
    """`url` is a signed link that opens for a day; `?format=` chooses among the item's formats."""

    id: str
    type: str
    name: str
    url: str
    job_id: str | None
    created_at: str
    sandbox: bool | UnsetType = UNSET


class ProjectView(Snake, kw_only=True):
    """The newest 100 items; GET …/items has them all."""

    id: str
    name: str
    description: str | None
    items: list[ItemInProject]
    items_count: int
    tags: list[str]
    settings: dict[str, Any]
    status: Literal["active"] = "active"
    created_at: str
    updated_at: str
    sandbox: bool | UnsetType = UNSET


class Removed(Snake, kw_only=True):
    deleted: bool = True
    id: str


class Page(Snake):
    limit: Limit = 20
    offset: Offset = 0


class ItemPage(Snake):
    items: list[ItemInProject]
    total: int
    has_more: bool


class ItemFileView(Snake):
    """One of an item's files. `layout` and `width` tell several of a format apart."""

    format: str
    layout: str | None
    width: int | None
    url: str


class ItemView(ItemInProject, kw_only=True):
    """An item with all of its files, the best first."""

    project_id: str | None
    files: list[ItemFileView]


class OpenItem(Snake):
    """Which of the item's files; `expires` and `signature` are a link's."""

    format: Annotated[str, Meta(max_length=20)] | None = None
    layout: Annotated[str, Meta(max_length=40)] | None = None
    width: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    expires: int | None = None
    signature: Annotated[str, Meta(max_length=100)] | None = None
