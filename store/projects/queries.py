"""Projects: one resource that two contracts document. Every change tells the log in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from store.accounts import audit
from store.blobs import queries as blobs
from store.kit.clock import utc_now
from store.kit.db import row, rows, transaction
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id
from store.kit.settings import settings
from store.projects.tables import Project

SortField = Literal["created_at", "updated_at", "name"]
Order = Literal["asc", "desc"]
_BLOBS = (
    "SELECT f.blob_id FROM item_file f JOIN item i ON i.id = f.item_id WHERE i.project_id = %s"
    " UNION ALL SELECT blob_id FROM file WHERE project_id = %s"
)


class Listed(Struct, frozen=True):
    """A project in a list, with how many items it has."""

    project: Project
    items_count: int


def create(
    workspace_id: str,
    *,
    name: str,
    description: str | None,
    tags: Sequence[str],
    settings_: dict[str, Any],
    sandbox: bool,
) -> Project:
    """A new project. Raises Conflict when the workspace has as many as it may."""
    most = settings().projects.max_projects
    if Project.select().where(Project.workspace_id == workspace_id).count() >= most:
        raise Conflict(f"A workspace has at most {most} projects; delete one first.", code="too_many_projects")
    now = utc_now()
    with transaction():
        made = Project.create(
            id=new_id("project"),
            workspace_id=workspace_id,
            name=name,
            description=description,
            tags=list(dict.fromkeys(tags)),
            settings=settings_,
            sandbox=sandbox,
            created_at=now,
            updated_at=now,
        )
        _tell("project.created", made)
    return made


def get(workspace_id: str, project_id: str) -> Project:
    """One project. Raises NotFound."""
    found = None
    if is_id("project", project_id):
        found = Project.get_or_none(Project.workspace_id == workspace_id, Project.id == project_id)
    if found is None:
        raise _not_found(project_id)
    return found


def check(workspace_id: str, project_id: str | None) -> None:
    """Raise NotFound for a project that is not this workspace's; None is no project."""
    if project_id is not None:
        get(workspace_id, project_id)


def page(
    workspace_id: str, *, tags: Sequence[str], sort: SortField, order: Order, limit: int, offset: int
) -> list[Listed]:
    """Projects that have all of the tags. A project's items are counted in its index."""
    wanted = _wanted(workspace_id, tags)
    by = getattr(Project, sort)
    found = list(
        Project.select()
        .where(wanted)
        .order_by(by.desc() if order == "desc" else by, Project.id.desc() if order == "desc" else Project.id)
        .limit(limit)
        .offset(offset)
    )
    counts = dict(
        rows(
            "SELECT project_id, count(*) FROM item WHERE project_id = ANY (%s) GROUP BY project_id",
            ([one.id for one in found],),
        )
    )
    return [Listed(one, counts.get(one.id, 0)) for one in found]


def count(workspace_id: str, *, tags: Sequence[str]) -> int:
    """How many projects have all of the tags."""
    return int(Project.select().where(_wanted(workspace_id, tags)).count())


def change(workspace_id: str, project_id: str, values: dict[str, Any]) -> Project:
    """Set columns; nothing given changes nothing. Raises NotFound."""
    with transaction():
        found = get(workspace_id, project_id)
        if not values:
            return found
        changed = (
            Project.update(**values, updated_at=utc_now())
            .where(Project.workspace_id == workspace_id, Project.id == project_id)
            .returning(Project)
            .execute()
        )
        for one in changed:
            _tell("project.updated", one)
            return one
    raise _not_found(project_id)


def remove(workspace_id: str, project_id: str) -> None:
    """Delete a project with its items and files. Raises NotFound."""
    with transaction():
        project = get(workspace_id, project_id)
        held = [blob_id for (blob_id,) in rows(_BLOBS, (project_id, project_id))]
        if (
            row("DELETE FROM project WHERE id = %s AND workspace_id = %s RETURNING 1", (project_id, workspace_id))
            is None
        ):
            raise _not_found(project_id)
        blobs.let_go(workspace_id, held)
        _tell("project.deleted", project)


def _wanted(workspace_id: str, tags: Sequence[str]) -> Any:
    mine = Project.workspace_id == workspace_id
    return mine & Project.tags.contains(*tags) if tags else mine


def _tell(kind: str, project: Project) -> None:
    audit.tell(project.workspace_id, kind, project_id=project.id, name=project.name)


def _not_found(project_id: str) -> NotFound:
    return NotFound("There is no such project.", code="project_not_found", id=project_id[:100])
