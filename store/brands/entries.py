"""The lists of a brand: competitors, products and audience, one set of queries for all three.

An entry that a person added, approved, edited or removed is locked: `propose` passes over it. Removed entries stay
as marks, so that the next crawl does not bring them back.
"""

from __future__ import annotations

from typing import Any

import msgspec

from store.brands.tables import BrandAudience, BrandCompetitor, BrandProduct, Entry
from store.brands.values import Source, name_key
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id

TABLES: dict[str, type[Entry]] = {
    "competitors": BrandCompetitor,
    "products": BrandProduct,
    "audience": BrandAudience,
}
ID_KINDS = {"competitors": "competitor", "products": "product", "audience": "audience"}
MAX_LISTED = 1000


def listed(workspace_id: str, brand_id: str, kind: str) -> list[Any]:
    """The entries that hold, oldest first, at most MAX_LISTED."""
    table = TABLES[kind]
    mine = (table.workspace_id == workspace_id) & (table.brand_id == brand_id) & table.removed_at.is_null()
    return list(table.select().where(mine).order_by(table.id).limit(MAX_LISTED))


def known(workspace_id: str, brand_id: str, kind: str) -> dict[str, Any]:
    """Every entry by its name key, the removed ones too."""
    table = TABLES[kind]
    rows = table.select().where(table.workspace_id == workspace_id, table.brand_id == brand_id)
    return {row.name_key: row for row in rows}


def add(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], *, source: Source) -> Any:
    """A new entry from its columns, locked. Raises Conflict when the brand has one of that name."""
    with transaction():
        row = _held(workspace_id, brand_id, kind, values["name"])
        if row is not None and row.removed_at is None:
            raise Conflict(f"This brand already has {row.name!r} among its {kind}.", field="name", id=row.id)
        if row is not None:
            row.delete_instance()
        return _insert(workspace_id, brand_id, kind, values, source)


def write(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], *, source: Source) -> Any:
    """Set these columns of the entry of that name, made or brought back if need be. Idempotent."""
    with transaction():
        row = _held(workspace_id, brand_id, kind, values["name"])
        return _insert(workspace_id, brand_id, kind, values, source) if row is None else _update(row, values, source)


def propose(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], *, source: Source) -> None:
    """As `write`, unless a person has locked the entry."""
    with transaction():
        row = _held(workspace_id, brand_id, kind, values["name"])
        if row is None:
            _insert(workspace_id, brand_id, kind, values, source)
        elif row.locked_at is None:
            _update(row, values, source)


def remove(workspace_id: str, kind: str, entry_id: str) -> None:
    """Take an entry out of the profile. Raises NotFound for what is not there (any more)."""
    table, now = TABLES[kind], utc_now()
    removed = 0
    if is_id(ID_KINDS[kind], entry_id):
        removed = (
            table.update(removed_at=now, locked_at=now, updated_at=now)
            .where(table.workspace_id == workspace_id, table.id == entry_id, table.removed_at.is_null())
            .execute()
        )
    if not removed:
        raise NotFound(f"There is no such {ID_KINDS[kind]}.", field="id", value=entry_id)


def withdraw(workspace_id: str, brand_id: str, kind: str, names: list[str], *, review_id: str) -> None:
    """Delete those entries that this review had added by itself and nobody has locked since."""
    table = TABLES[kind]
    table.delete().where(
        table.workspace_id == workspace_id,
        table.brand_id == brand_id,
        table.name_key.in_([name_key(name) for name in names]),
        table.locked_at.is_null(),
        table.source["reviewId"] == review_id,
    ).execute()


def _held(workspace_id: str, brand_id: str, kind: str, name: str) -> Any | None:
    table = TABLES[kind]
    mine = (table.workspace_id == workspace_id) & (table.brand_id == brand_id) & (table.name_key == name_key(name))
    return table.select().where(mine).for_update().first()


def _insert(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], source: Source) -> Any:
    """A new row; an entry of that name made meanwhile by someone else is a Conflict."""
    now = utc_now()
    made = (
        TABLES[kind]
        .insert(
            id=new_id(ID_KINDS[kind]),
            workspace_id=workspace_id,
            brand_id=brand_id,
            name_key=name_key(values["name"]),
            source=msgspec.to_builtins(source),
            locked_at=now if source.locked_at else None,
            created_at=now,
            updated_at=now,
            **values,
        )
        .on_conflict_ignore()
        .returning(TABLES[kind])
        .execute()
    )
    row = next(iter(made), None)
    if row is None:
        raise Conflict(f"This brand already has {values['name']!r} among its {kind}.", field="name")
    return row


def _update(row: Any, values: dict[str, Any], source: Source) -> Any:
    for column, value in values.items():
        setattr(row, column, value)
    row.source = msgspec.to_builtins(source)
    row.locked_at = utc_now() if source.locked_at else row.locked_at
    row.removed_at = None
    row.updated_at = utc_now()
    row.save()
    return row
