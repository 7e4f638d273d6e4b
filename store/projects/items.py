"""Items: what a tool's job made, with one file for each format, layout and width. Blobs are claimed with the item."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from store.blobs import queries as blobs
from store.blobs.queries import Blob
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.projects.tables import Item, ItemFile


class NewFile(Struct, frozen=True, kw_only=True):
    """A file of an item: its bytes, and what tells it from the others."""

    format: str
    name: str
    media_type: str
    data: bytes
    layout: str | None = None
    width: int | None = None


class Choice(Struct, frozen=True, kw_only=True):
    """Which of an item's files: the best one that fits all that is given."""

    format: str | None = None
    layout: str | None = None
    width: int | None = None


def add(
    workspace_id: str,
    *,
    project_id: str | None,
    job_id: str,
    kind: str,
    name: str,
    files: Sequence[NewFile],
    sandbox: bool,
) -> str:
    """The item's id; the one that this job made before, if it did. Call it in the transaction that must hold."""
    known = find_of_job(workspace_id, job_id)
    if known is not None:
        return known.id
    item_id = new_id("item")
    Item.insert(
        id=item_id,
        workspace_id=workspace_id,
        project_id=project_id,
        job_id=job_id,
        type=kind,
        name=name,
        sandbox=sandbox,
        created_at=utc_now(),
    ).execute()
    kept = blobs.add_many(workspace_id, [(one.name, one.media_type, one.data) for one in files])
    ItemFile.insert_many(
        [
            {
                "item_id": item_id, "position": place, "format": one.format, "layout": one.layout,
                "width": one.width, "blob_id": blob_id,
            }
            for place, (one, blob_id) in enumerate(zip(files, kept, strict=True))
        ]
    ).execute()  # fmt: skip
    return item_id


def find_of_job(workspace_id: str, job_id: str) -> Item | None:
    """What a job made, if it did."""
    return Item.get_or_none(Item.workspace_id == workspace_id, Item.job_id == job_id)


def get(workspace_id: str, item_id: str) -> Item:
    """One item. Raises NotFound."""
    found = None
    if is_id("item", item_id):
        found = Item.get_or_none(Item.workspace_id == workspace_id, Item.id == item_id)
    if found is None:
        raise _not_found(item_id)
    return found


def get_by_link(item_id: str) -> Item:
    """One item of whatever workspace: only for the bearer of a signed link to it. Raises NotFound."""
    found = Item.get_or_none(Item.id == item_id) if is_id("item", item_id) else None
    if found is None:
        raise _not_found(item_id)
    return found


def page(workspace_id: str, project_id: str, *, limit: int, offset: int) -> list[Item]:
    """A project's items, newest first (index item_by_project)."""
    mine = (Item.project_id == project_id) & (Item.workspace_id == workspace_id)
    return list(Item.select().where(mine).order_by(Item.id.desc()).limit(limit).offset(offset))


def count(workspace_id: str, project_id: str, *, kind: str | None = None) -> int:
    """How many items a project has; of one kind, or all."""
    mine = (Item.project_id == project_id) & (Item.workspace_id == workspace_id)
    return int(Item.select().where(mine if kind is None else mine & (Item.type == kind)).count())


def files(item_id: str) -> list[ItemFile]:
    """The item's files, the best first."""
    return list(ItemFile.select().where(ItemFile.item_id == item_id).order_by(ItemFile.position))


def file_of(item: Item, choice: Choice) -> Blob:
    """The best file that fits the choice. Raises NotFound that says what there is."""
    known = files(item.id)
    for one in known:
        if all(value in (None, getattr(one, name)) for name, value in _parts(choice)):
            return blobs.get(item.workspace_id, one.blob_id)
    name, value = next((part for part in _parts(choice) if part[1] is not None), ("format", None))
    there = list(dict.fromkeys(str(getattr(one, name)) for one in known if getattr(one, name) is not None))
    raise NotFound(f"This item has no such file; {name} can be {', '.join(there)}.", field=name, value=value)


def remove(workspace_id: str, item_id: str) -> None:
    """Delete an item with its files. Raises NotFound."""
    with transaction():
        get(workspace_id, item_id)
        held = [one.blob_id for one in files(item_id)]
        Item.delete().where(Item.workspace_id == workspace_id, Item.id == item_id).execute()
        blobs.let_go(workspace_id, held)


def _parts(choice: Choice) -> list[tuple[str, object]]:
    return [(name, getattr(choice, name)) for name in choice.__struct_fields__]


def _not_found(item_id: str) -> NotFound:
    return NotFound("There is no such item.", id=item_id[:100])
