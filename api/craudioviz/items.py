"""/v1/items: what tools made. An item's link opens without a key, for a day."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.craudioviz.projects_types import ItemFileView, ItemInProject, ItemView, OpenItem, Removed
from api.kit import download
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from pipelines.engine import links
from store.blobs.links import check
from store.blobs.queries import Blob
from store.kit.clock import rfc3339
from store.kit.errors import Unauthenticated
from store.projects import items
from store.projects.tables import Item, ItemFile


class OneItem:
    """/v1/items/{item_id}."""

    @operation("Get an item with all of its files", returns=ItemView)
    def on_get(self, caller: Principal, item_id: str) -> ItemView:
        item = items.get(caller.workspace_id, item_id)
        return ItemView(
            **_told(item), project_id=item.project_id, files=[_file(item, one) for one in items.files(item.id)]
        )

    @operation("Delete an item with its files", returns=Removed)
    def on_delete(self, caller: Principal, item_id: str) -> Removed:
        items.remove(caller.workspace_id, item_id)
        return Removed(id=item_id)


class ItemContent:
    """/v1/items/{item_id}/content."""

    @operation("Download a file of an item", query=OpenItem, returns=download.File, auth="public", load="link")
    async def on_get(self, caller: Principal | None, item_id: str, query: OpenItem, request: Request) -> Answer:
        """With a signed link, or with a key. Without `format` the best file; ranges are served."""
        choice = items.Choice(format=query.format, layout=query.layout, width=query.width)
        blob = await pool("database").run(_blob, caller, item_id, query, choice)
        return download.answer(request, blob)


def in_project(item: Item) -> ItemInProject:
    """An item as a project lists it."""
    return ItemInProject(**_told(item))


def _told(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "name": item.name,
        "url": links.signed(links.item_path(item.id)),
        "job_id": item.job_id,
        "created_at": rfc3339(item.created_at),
        "sandbox": item.sandbox or UNSET,
    }


def _file(item: Item, one: ItemFile) -> ItemFileView:
    return ItemFileView(
        format=one.format,
        layout=one.layout,
        width=one.width,
        url=links.signed(links.item_path(item.id), format=one.format, layout=one.layout, width=one.width),
    )


def _blob(caller: Principal | None, item_id: str, query: OpenItem, choice: items.Choice) -> Blob:
    if query.signature is not None:
        check(links.item_path(item_id), expires=query.expires or 0, signature=query.signature)
        return items.file_of(items.get_by_link(item_id), choice)
    if caller is None or not caller.workspace_id:
        raise Unauthenticated("Use a signed link, or send a secret key as `Authorization: Bearer …`.")
    return items.file_of(items.get(caller.workspace_id, item_id), choice)
