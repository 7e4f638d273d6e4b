"""The lists of a brand: competitors, products, audience and personas, one set of queries for all of them.

An entry that a person added, approved, edited or removed is locked: `propose` passes over it. Removed entries stay
as marks, so that the next crawl does not bring them back; so does the old name of one that was renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import peewee

from store.brands import queries, telling
from store.brands.tables import Brand, BrandAudience, BrandCompetitor, BrandPersona, BrandProduct, Entry
from store.brands.values import Source, name_key
from store.kit import structs
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import Conflict, NotFound, Unprocessable
from store.kit.ids import is_id, new_id

TABLES: dict[str, type[Entry]] = {
    "competitors": BrandCompetitor,
    "products": BrandProduct,
    "audience": BrandAudience,
    "personas": BrandPersona,
}
ID_KINDS = {"competitors": "competitor", "products": "product", "audience": "audience", "personas": "persona"}
MAX_LISTED = 1000


def listed(workspace_id: str, brand_id: str, kind: str) -> list[Any]:
    """The entries that hold, oldest first, at most MAX_LISTED."""
    return list(_live(workspace_id, brand_id, kind).order_by(TABLES[kind].id).limit(MAX_LISTED))


def any_of(workspace_id: str, brand_id: str, kind: str) -> bool:
    """Whether an entry holds."""
    return bool(_live(workspace_id, brand_id, kind).exists())


def known(workspace_id: str, brand_id: str, kind: str) -> dict[str, Any]:
    """Every entry by its name key, the removed ones too."""
    table = TABLES[kind]
    rows = table.select().where(table.workspace_id == workspace_id, table.brand_id == brand_id)
    return {row.name_key: row for row in rows}


def get(workspace_id: str, kind: str, entry_id: str) -> tuple[Brand, Any]:
    """An entry that holds, and its brand. Raises NotFound."""
    row = _by_id(workspace_id, kind, entry_id).first() if is_id(ID_KINDS[kind], entry_id) else None
    if row is None:
        raise _unknown(kind, entry_id)
    return Brand.get_by_id(row.brand_id), row


def add(brand: Brand, kind: str, values: dict[str, Any], *, source: Source) -> Any:
    """A new entry from its columns, locked. Raises Conflict when the brand has one of that name."""
    with transaction():
        queries.lock(brand.workspace_id, brand.id)  # two that are added at once are counted one after the other
        if _live(brand.workspace_id, brand.id, kind).count() >= MAX_LISTED:
            raise Unprocessable(f"A brand holds at most {MAX_LISTED} {kind}.", field="brandId", limit=MAX_LISTED)
        _make_room(brand.workspace_id, brand.id, kind, values["name"])
        row = _insert(brand.workspace_id, brand.id, kind, values, source)
        telling.profile_updated(brand, kind)
        return row


def update(workspace_id: str, kind: str, entry_id: str, values: dict[str, Any], *, source: Source) -> tuple[Brand, Any]:
    """Set these columns of an entry and lock it: its brand, and the entry as it is now. What is not given stays, and so
    does what is not given of a price.

    Raises NotFound, and Conflict when the new name is another entry's.
    """
    try:
        with transaction():
            brand, row = _held(workspace_id, kind, entry_id)
            old = row.name
            renamed = name_key(values.get("name", old)) != row.name_key
            if renamed:
                _make_room(workspace_id, brand.id, kind, values["name"])
                row.name_key = name_key(values["name"])
            changed = _write(row, _with_kept_parts(row, values), source)
            if renamed:
                _mark(workspace_id, brand.id, kind, old, source)
            if changed:
                telling.profile_updated(brand, kind)
            return brand, row
    except peewee.IntegrityError as error:  # somebody else took the name meanwhile
        raise _taken(kind, values["name"]) from error


def replace(workspace_id: str, brand_id: str, kind: str, whole: Sequence[dict[str, Any]], *, source: Source) -> bool:
    """Make this the whole list, locked: others are removed. Whether anything is different now; the caller tells it.

    No two of the entries may have one name.
    """
    with transaction():
        held = {row.name_key: row for row in _live(workspace_id, brand_id, kind).order_by(TABLES[kind].id).for_update()}
        changed = False
        for values in whole:
            changed |= write(workspace_id, brand_id, kind, values, source=source)
            held.pop(name_key(values["name"]), None)
        for row in held.values():
            _remove(row)
        return changed or bool(held)


def write(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], *, source: Source) -> bool:
    """Set these columns of the entry of that name, made or brought back if need be. Idempotent.

    Whether anything is different now; the caller tells it.
    """
    with transaction():
        row = _named(workspace_id, brand_id, kind, values["name"])
        if row is None:
            _insert(workspace_id, brand_id, kind, values, source)
            return True
        return _write(row, values, source)


def propose(workspace_id: str, brand_id: str, kind: str, values: dict[str, Any], *, source: Source) -> bool:
    """As `write`, unless a person has locked the entry."""
    with transaction():
        row = _named(workspace_id, brand_id, kind, values["name"])
        if row is None:
            _insert(workspace_id, brand_id, kind, values, source)
            return True
        if row.locked_at is not None:
            return False
        changed = _differs(row, values)
        _update(row, values, source)
        return changed


def remove(workspace_id: str, kind: str, entry_id: str) -> None:
    """Take an entry out of the profile. Raises NotFound for what is not there (any more)."""
    with transaction():
        brand, row = _held(workspace_id, kind, entry_id)
        _remove(row)
        telling.profile_updated(brand, kind)


def withdraw(workspace_id: str, brand_id: str, kind: str, names: list[str], *, review_id: str) -> bool:
    """Delete those entries that this review had added by itself and nobody has locked since; whether there were any."""
    table = TABLES[kind]
    gone = table.delete().where(
        table.workspace_id == workspace_id,
        table.brand_id == brand_id,
        table.name_key.in_([name_key(name) for name in names]),
        table.locked_at.is_null(),
        table.source["reviewId"] == review_id,
    )
    return bool(gone.execute())


def _live(workspace_id: str, brand_id: str, kind: str) -> Any:
    table = TABLES[kind]
    mine = (table.workspace_id == workspace_id) & (table.brand_id == brand_id) & table.removed_at.is_null()
    return table.select().where(mine)


def _by_id(workspace_id: str, kind: str, entry_id: str) -> Any:
    table = TABLES[kind]
    return table.select().where(
        (table.workspace_id == workspace_id) & (table.id == entry_id) & table.removed_at.is_null()
    )


def _held(workspace_id: str, kind: str, entry_id: str) -> tuple[Brand, Any]:
    """As `get`, both held until the transaction ends: the brand first, because a new name may touch another entry."""
    brand, _ = get(workspace_id, kind, entry_id)
    queries.lock(workspace_id, brand.id)
    row = _by_id(workspace_id, kind, entry_id).for_update().first()
    if row is None:
        raise _unknown(kind, entry_id)
    return brand, row


def _unknown(kind: str, entry_id: str) -> NotFound:
    return NotFound(f"There is no such {ID_KINDS[kind]}.", field="id", value=entry_id)


def _named(workspace_id: str, brand_id: str, kind: str, name: str) -> Any | None:
    """The entry of that name, removed or not, held until the transaction ends."""
    table = TABLES[kind]
    mine = (table.workspace_id == workspace_id) & (table.brand_id == brand_id) & (table.name_key == name_key(name))
    return table.select().where(mine).for_update().first()


def _make_room(workspace_id: str, brand_id: str, kind: str, name: str) -> None:
    """The name is free after this: a removed entry's mark goes. Raises Conflict."""
    row = _named(workspace_id, brand_id, kind, name)
    if row is not None and row.removed_at is None:
        raise _taken(kind, row.name, id=row.id)
    if row is not None:
        row.delete_instance()


def _taken(kind: str, name: str, **more: str) -> Conflict:
    return Conflict(f"This brand already has {name!r} among its {kind}.", field="name", **more)


def _mark(workspace_id: str, brand_id: str, kind: str, name: str, source: Source) -> None:
    """A removed entry of that name, so that no crawl brings it back."""
    _remove(_insert(workspace_id, brand_id, kind, {"name": name}, source))


def _remove(row: Any) -> None:
    row.removed_at = row.locked_at = row.updated_at = utc_now()
    row.save()


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
        raise _taken(kind, values["name"])
    return row


def _with_kept_parts(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """An amount that is sent alone is in the currency that is on record; null empties a part."""
    given, held = values.get("pricing"), getattr(row, "pricing", None)
    if given is None or held is None:
        return values
    whole = {part: value for part, value in {**held, **given}.items() if value is not None}
    return {**values, "pricing": whole or None}


def _differs(row: Any, values: dict[str, Any]) -> bool:
    return any(getattr(row, column) != value for column, value in values.items())


def _write(row: Any, values: dict[str, Any], source: Source) -> bool:
    """Set what is given; whether that changed anything.

    Values that are there already are confirmed: they keep their evidence and take the lock.
    """
    if row.removed_at is None and not _differs(row, values):
        known = structs.convert(row.source, Source)
        _update(row, {}, msgspec.structs.replace(known, by=source.by, locked_at=source.locked_at))
        return False
    _update(row, values, source)
    return True


def _update(row: Any, values: dict[str, Any], source: Source) -> None:
    for column, value in values.items():
        setattr(row, column, value)
    row.source = msgspec.to_builtins(source)
    row.locked_at = utc_now() if source.locked_at else row.locked_at
    row.removed_at = None
    row.updated_at = utc_now()
    row.save()
