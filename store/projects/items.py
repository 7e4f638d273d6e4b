"""Items: what a tool's job made, with one file for each format, layout and width. Blobs are claimed with the item."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from store.blobs import queries as blobs
from store.blobs.queries import PIECE_BYTES, Blob
from store.kit.clock import utc_now
from store.kit.db import database, transaction
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


# An item with its files and their bytes, in one statement; what this job made before stays as it is. Its commit does
# not wait for the disk: the commit that completes the job does, and what it finds on the disk has this before it.
_ADD = """
WITH made AS (
    INSERT INTO item (id, workspace_id, project_id, job_id, type, name, sandbox, created_at)
    VALUES (%(item)s, %(workspace)s, %(project)s, %(job)s, %(kind)s, %(name)s,
            coalesce((SELECT sandbox FROM job WHERE id = %(job)s), false), %(now)s)
    ON CONFLICT (job_id) DO NOTHING RETURNING id
),
one AS (
    SELECT made.id AS item_id, f.*
      FROM made, unnest(%(blobs)s::text[], %(names)s::text[], %(types)s::text[], %(sizes)s::bigint[], %(digests)s::text[],
                        %(formats)s::text[], %(layouts)s::text[], %(widths)s::integer[])
           WITH ORDINALITY AS f(blob_id, name, media_type, size, sha256, format, layout, width, place)
),
kept AS (
    INSERT INTO blob (id, workspace_id, name, media_type, size, sha256, created_at)
    SELECT blob_id, %(workspace)s, name, media_type, size, sha256, %(now)s FROM one
),
pieces AS (
    INSERT INTO blob_piece (blob_id, idx, data)
    SELECT p.* FROM made, unnest(%(piece_blobs)s::text[], %(piece_places)s::integer[], %(pieces)s::bytea[]) AS p
),
listed AS (
    INSERT INTO item_file (item_id, position, format, layout, width, blob_id)
    SELECT item_id, place - 1, format, layout, width, blob_id FROM one
)
SELECT id, set_config('synchronous_commit', 'off', true) FROM made
"""


def add(
    workspace_id: str,
    *,
    project_id: str | None,
    job_id: str,
    kind: str,
    name: str,
    files: Sequence[NewFile],
) -> str:
    """The item's id; the one that this job made before, if it did. It is marked when a test key made the job.

    Call it in the transaction of the stage whose end completes the job.
    """
    ids = [new_id("blob") for _ in files]
    pieces = [
        (blob_id, place, one.data[start : start + PIECE_BYTES])
        for blob_id, one in zip(ids, files, strict=True)
        for place, start in enumerate(range(0, len(one.data), PIECE_BYTES))
    ]
    values = {
        "item": new_id("item"),
        "workspace": workspace_id,
        "project": project_id,
        "job": job_id,
        "kind": kind,
        "name": name,
        "now": utc_now(),
        "blobs": ids,
        "names": [one.name for one in files],
        "types": [one.media_type for one in files],
        "sizes": [len(one.data) for one in files],
        "digests": [hashlib.sha256(one.data).hexdigest() for one in files],
        "formats": [one.format for one in files],
        "layouts": [one.layout for one in files],
        "widths": [one.width for one in files],
        "piece_blobs": [blob_id for blob_id, _, _ in pieces],
        "piece_places": [place for _, place, _ in pieces],
        "pieces": [data for _, _, data in pieces],
    }
    made = database.execute_sql(_ADD, values).fetchone()
    if made is not None:
        return str(made[0])
    known = find_of_job(workspace_id, job_id)
    if known is None:
        raise _not_found(job_id)
    return known.id


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
