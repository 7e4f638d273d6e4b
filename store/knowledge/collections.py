"""Collections: what documents are kept in, and what agents and searches name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id

MOST = 1000  # of a workspace


class Collection(Struct, frozen=True, kw_only=True):
    """A collection with the number of documents in it."""

    id: str
    name: str
    description: str
    document_count: int
    created_at: datetime
    updated_at: datetime


_SELECT = (
    "SELECT c.id, c.name, c.description, (SELECT count(*) FROM document d WHERE d.collection_id = c.id),"
    " c.created_at, c.updated_at FROM collection c"
)


def create(workspace_id: str, *, name: str, description: str) -> Collection:
    """A new, empty collection. Raises Conflict when the workspace has as many as it may."""
    collection_id, now = new_id("collection"), utc_now()
    made = db.rows(
        "INSERT INTO collection (id, workspace_id, name, description, created_at, updated_at)"
        " SELECT %s, %s, %s, %s, %s, %s WHERE (SELECT count(*) FROM collection WHERE workspace_id = %s) < %s"
        " RETURNING id",
        (collection_id, workspace_id, name, description, now, now, workspace_id, MOST),
    )
    if not made:
        raise Conflict(f"A workspace has at most {MOST} collections.", code="too_many_collections")
    return get(workspace_id, collection_id)


def get(workspace_id: str, collection_id: str, *, field: str = "collection_id") -> Collection:
    """One collection. Raises NotFound that names `field`."""
    found = None
    if is_id("collection", collection_id):
        found = db.row(f"{_SELECT} WHERE c.workspace_id = %s AND c.id = %s", (workspace_id, collection_id))
    if found is None:
        raise NotFound("There is no such collection.", field=field, value=collection_id[:100])
    return _collection(found)


def check(workspace_id: str, collection_ids: Sequence[str], *, field: str = "collection_ids") -> None:
    """Raise NotFound for the first of these that the workspace does not have."""
    known = {one.id for one in some(workspace_id, collection_ids)}
    for collection_id in collection_ids:
        if collection_id not in known:
            raise NotFound("There is no such collection.", field=field, value=collection_id[:100])


def some(workspace_id: str, collection_ids: Iterable[str]) -> list[Collection]:
    """Those of these collections that the workspace has, oldest first."""
    wanted = [one for one in collection_ids if is_id("collection", one)]
    found = db.rows(f"{_SELECT} WHERE c.workspace_id = %s AND c.id = ANY (%s) ORDER BY c.id", (workspace_id, wanted))
    return [_collection(one) for one in found]


def page(workspace_id: str) -> list[Collection]:
    """All of a workspace's collections, oldest first, at most MOST."""
    found = db.rows(f"{_SELECT} WHERE c.workspace_id = %s ORDER BY c.id LIMIT {MOST}", (workspace_id,))
    return [_collection(one) for one in found]


def change(workspace_id: str, collection_id: str, *, name: str | None, description: str | None) -> Collection:
    """Set what is given. Raises NotFound."""
    get(workspace_id, collection_id)
    db.rows(
        "UPDATE collection SET name = coalesce(%s, name), description = coalesce(%s, description), updated_at = %s"
        " WHERE workspace_id = %s AND id = %s",
        (name, description, utc_now(), workspace_id, collection_id),
    )
    return get(workspace_id, collection_id)


def remove(workspace_id: str, collection_id: str) -> None:
    """Delete an empty collection. Raises NotFound, and Conflict while it has documents."""
    get(workspace_id, collection_id)
    gone = db.rows(
        "DELETE FROM collection c WHERE c.workspace_id = %s AND c.id = %s"
        " AND NOT EXISTS (SELECT FROM document d WHERE d.collection_id = c.id) RETURNING c.id",
        (workspace_id, collection_id),
    )
    if not gone:
        raise Conflict("The collection still has documents; delete them first.", code="collection_not_empty")


def _collection(found: tuple[object, ...]) -> Collection:
    return Collection(**dict(zip(Collection.__struct_fields__, found, strict=True)))  # type: ignore[arg-type]
