"""/v1/projects: one resource for CR AudioViz and Clisonix, which documents it too (with `page`, PUT and `settings`)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.craudioviz import items as item_views
from api.craudioviz.projects_types import (
    ChangeProject,
    CreatedProject,
    CreateProject,
    ItemPage,
    ListedProject,
    ListProjects,
    Page,
    ProjectPage,
    ProjectView,
    Removed,
)
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from store.kit.clock import rfc3339
from store.kit.errors import InvalidInput
from store.kit.settings import settings
from store.projects import items, queries
from store.projects.tables import Project

SHOWN_ITEMS = 100


class Projects:
    """/v1/projects."""

    @operation("Create a project", body=CreateProject, returns=CreatedProject, status=201)
    def on_post(self, caller: Principal, body: CreateProject) -> Answer:
        made = queries.create(
            caller.workspace_id,
            name=body.name,
            description=body.description,
            tags=body.tags,
            settings_=body.settings,
            sandbox=caller.is_test,
        )
        told = CreatedProject(
            id=made.id,
            name=made.name,
            created_at=rfc3339(made.created_at),
            description=made.description,
            tags=made.tags,
            settings=made.settings,
            sandbox=made.sandbox or UNSET,
        )
        return Answer(body=told, location=f"{settings().base_url}/v1/projects/{made.id}")

    @operation("List projects", query=ListProjects, returns=ProjectPage)
    def on_get(self, caller: Principal, query: ListProjects) -> ProjectPage:
        """With several `tags`: the projects that have all of them."""
        tags = [tag for given in query.tags for tag in given.split(",") if tag]
        offset = _offset(query)
        found = queries.page(
            caller.workspace_id, tags=tags, sort=query.sort, order=query.order, limit=query.limit, offset=offset
        )
        total = queries.count(caller.workspace_id, tags=tags)
        return ProjectPage(projects=[_listed(one) for one in found], total=total, has_more=offset + len(found) < total)


class OneProject:
    """/v1/projects/{project_id}."""

    @operation("Get a project with its newest items", returns=ProjectView)
    def on_get(self, caller: Principal, project_id: str) -> ProjectView:
        return _view(queries.get(caller.workspace_id, project_id))

    @operation("Change a project", body=ChangeProject, returns=ProjectView)
    def on_patch(self, caller: Principal, project_id: str, body: ChangeProject) -> ProjectView:
        return _change(caller, project_id, body)

    @operation("Change a project", body=ChangeProject, returns=ProjectView)
    def on_put(self, caller: Principal, project_id: str, body: ChangeProject) -> ProjectView:
        """As PATCH: what is not sent stays as it is."""
        return _change(caller, project_id, body)

    @operation("Delete a project with its items and files", returns=Removed)
    def on_delete(self, caller: Principal, project_id: str) -> Removed:
        queries.remove(caller.workspace_id, project_id)
        return Removed(id=project_id)


class ProjectItems:
    """/v1/projects/{project_id}/items."""

    @operation("List a project's items, newest first", query=Page, returns=ItemPage)
    def on_get(self, caller: Principal, project_id: str, query: Page) -> ItemPage:
        queries.get(caller.workspace_id, project_id)
        found = items.page(caller.workspace_id, project_id, limit=query.limit, offset=query.offset)
        total = items.count(caller.workspace_id, project_id)
        return ItemPage(
            items=[item_views.in_project(one) for one in found],
            total=total,
            has_more=query.offset + len(found) < total,
        )


def _offset(query: ListProjects) -> int:
    if query.page is not None and query.offset is not None:
        raise InvalidInput("Send `page` or `offset`, not both.", field="page")
    return (query.page - 1) * query.limit if query.page is not None else query.offset or 0


def _change(caller: Principal, project_id: str, body: ChangeProject) -> ProjectView:
    values: dict[str, Any] = {
        name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET
    }
    if "tags" in values:
        values["tags"] = list(dict.fromkeys(values["tags"]))
    return _view(queries.change(caller.workspace_id, project_id, values))


def _listed(one: queries.Listed) -> ListedProject:
    project = one.project
    return ListedProject(
        id=project.id,
        name=project.name,
        items_count=one.items_count,
        created_at=rfc3339(project.created_at),
        updated_at=rfc3339(project.updated_at),
        tags=project.tags,
        sandbox=project.sandbox or UNSET,
    )


def _view(project: Project) -> ProjectView:
    found = items.page(project.workspace_id, project.id, limit=SHOWN_ITEMS, offset=0)
    return ProjectView(
        id=project.id,
        name=project.name,
        description=project.description,
        items=[item_views.in_project(one) for one in found],
        items_count=len(found) if len(found) < SHOWN_ITEMS else items.count(project.workspace_id, project.id),
        tags=project.tags,
        settings=project.settings,
        created_at=rfc3339(project.created_at),
        updated_at=rfc3339(project.updated_at),
        sandbox=project.sandbox or UNSET,
    )
