"""The sections of a brand's profile that are one record each: identity, market position, audience, positioning.

One set of queries for all of them. A value that a person wrote or approved is locked: `propose` passes over it,
`write` does not. Each field remembers where its value came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from store.brands import telling
from store.brands.tables import (
    Brand,
    BrandIdentity,
    BrandMarketPosition,
    BrandPositioning,
    BrandTargetAudience,
    Section,
)
from store.brands.values import Identity, MarketPosition, Positioning, Source, TargetAudience, wire_names
from store.kit import structs
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import NotFound
from store.kit.ids import same_id


class Kept(Struct, frozen=True):
    """How a section is kept: its table, what its ids are called, its fields (column -> wire name)."""

    table: type[Section]
    id_kind: str
    fields: Mapping[str, str]


SECTIONS: dict[str, Kept] = {
    "identity": Kept(BrandIdentity, "identity", wire_names(Identity)),
    "market-position": Kept(BrandMarketPosition, "market_position", wire_names(MarketPosition)),
    "audience": Kept(BrandTargetAudience, "audience", wire_names(TargetAudience)),
    "positioning": Kept(BrandPositioning, "positioning", wire_names(Positioning)),
}
"""By the name that the contract's paths give them."""


def id_of(brand_id: str, section: str) -> str:
    """The section's id, whether or not it has been written yet."""
    return same_id(SECTIONS[section].id_kind, brand_id)


def find(workspace_id: str, brand_id: str, section: str) -> Any | None:
    """The section's row; None while nothing is known of it."""
    table = SECTIONS[section].table
    return table.get_or_none(table.workspace_id == workspace_id, table.brand_id == brand_id)


def values(section: str, row: Any | None) -> dict[str, Any]:
    """What the section holds, by wire name, without the empty fields."""
    if row is None:
        return {}
    held = {wire: getattr(row, column) for column, wire in SECTIONS[section].fields.items()}
    return {wire: value for wire, value in held.items() if value is not None}


def edit(brand: Brand, section: str, given: dict[str, Any], *, source: Source) -> Any:
    """As `write`, and told as an event when something changed. The row as it is now."""
    with transaction():
        row, changed = write(brand.workspace_id, brand.id, section, given, source=source)
        if changed:
            telling.profile_updated(brand, section)
        return row


def write(workspace_id: str, brand_id: str, section: str, given: dict[str, Any], *, source: Source) -> tuple[Any, bool]:
    """Set fields (by column name) whatever they held: the row, and whether a value is another one now. Idempotent.

    Fields that are not given stay as they are. A value that is there already is confirmed: it keeps its evidence and
    takes the source's lock. Null for an empty field changes nothing, so that a client may send back what it got.
    """
    fields = SECTIONS[section].fields
    with transaction():
        row = _held(workspace_id, brand_id, section)
        wanted = {column: value for column, value in given.items() if (value, getattr(row, column)) != (None, None)}
        same = {column for column, value in wanted.items() if value == getattr(row, column)}
        sources = {column: _confirmed(row, fields[column], source) if column in same else source for column in wanted}
        return _set_fields(row, fields, wanted, sources), len(same) < len(wanted)


def touch(row: Any) -> Any:
    """Something that is kept beside the section has changed now."""
    row.updated_at = utc_now()
    row.save(only=[type(row).updated_at])
    return row


def propose(workspace_id: str, brand_id: str, section: str, found: dict[str, Any], sources: dict[str, Source]) -> bool:
    """Set those of the fields (by column name, each with its source) that no person has locked; whether one changed."""
    fields = SECTIONS[section].fields
    with transaction():
        row = _held(workspace_id, brand_id, section)
        free = {column: value for column, value in found.items() if not is_locked(row, fields[column])}
        changed = any(value != getattr(row, column) for column, value in free.items())
        _set_fields(row, fields, free, sources)
        return changed


def withdraw(workspace_id: str, brand_id: str, section: str, wires: list[str], *, review_id: str) -> bool:
    """Empty those fields (by wire name) that this review had filled by itself and nobody has locked since.

    Whether there were any.
    """
    with transaction():
        row = _held(workspace_id, brand_id, section)
        gone = [
            (column, wire)
            for column, wire in SECTIONS[section].fields.items()
            if wire in wires and row.sources.get(wire, {}).get("reviewId") == review_id and not is_locked(row, wire)
        ]
        for column, wire in gone:
            setattr(row, column, None)
            del row.sources[wire]
        row.updated_at = utc_now()
        row.save()
        return bool(gone)


def is_locked(row: Any | None, wire: str) -> bool:
    """Whether a person has decided on this field (by wire name)."""
    return row is not None and "lockedAt" in row.sources.get(wire, {})


def _held(workspace_id: str, brand_id: str, section: str) -> Any:
    """The section's row, made if there is none, held until the transaction ends."""
    table, now = SECTIONS[section].table, utc_now()
    table.insert(
        id=id_of(brand_id, section),
        workspace_id=workspace_id,
        brand_id=brand_id,
        sources={},
        created_at=now,
        updated_at=now,
    ).on_conflict_ignore().execute()
    mine = (table.workspace_id == workspace_id) & (table.brand_id == brand_id)
    row = table.select().where(mine).for_update().first()
    if row is None:
        raise NotFound("There is no such brand.", field="brandId", value=brand_id)
    return row


def _confirmed(row: Any, wire: str, source: Source) -> Source:
    known = row.sources.get(wire)
    if known is None:
        return source
    return msgspec.structs.replace(structs.convert(known, Source), by=source.by, locked_at=source.locked_at)


def _set_fields(row: Any, fields: Mapping[str, str], given: dict[str, Any], sources: dict[str, Source]) -> Any:
    for column, value in given.items():
        setattr(row, column, value)
        row.sources[fields[column]] = msgspec.to_builtins(sources[column])
    if given:
        row.updated_at = utc_now()
        row.save()
    return row
