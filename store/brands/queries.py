"""Brands by the client's own label, and their identity. Called by the brand endpoints and by onboarding.

A value that a person wrote or approved is locked: `propose_identity` passes over it, `write_identity` does not.
"""

from __future__ import annotations

from typing import Any

import msgspec

from store.brands.tables import Brand, BrandIdentity
from store.brands.values import IDENTITY_FIELDS, Source
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id


def find(workspace_id: str, label: str) -> Brand | None:
    """The brand with this label, or with this id of ours; None when the workspace has none."""
    mine = Brand.workspace_id == workspace_id
    found = Brand.get_or_none(mine, Brand.label == label)
    if found is None and is_id("brand", label):
        found = Brand.get_or_none(mine, Brand.id == label)
    return found


def get(workspace_id: str, label: str) -> Brand:
    """As `find`. Raises NotFound."""
    found = find(workspace_id, label)
    if found is None:
        raise NotFound("There is no such brand.", field="brandId", value=label)
    return found


def ensure(workspace_id: str, label: str, *, website_url: str | None = None) -> Brand:
    """The brand with this label, made if this is its first write; a website given replaces the one on record."""
    known = find(workspace_id, label)
    if known is not None and website_url in (None, known.website_url):
        return known
    now = utc_now()
    made = (
        Brand.insert(
            id=new_id("brand"),
            workspace_id=workspace_id,
            label=known.label if known else label,
            website_url=website_url,
            created_at=now,
            updated_at=now,
        )
        .on_conflict(
            conflict_target=[Brand.workspace_id, Brand.label],
            preserve=[Brand.website_url, Brand.updated_at] if website_url else [Brand.updated_at],
        )
        .returning(Brand)
        .execute()
    )
    return next(iter(made))


def lock(workspace_id: str, brand_id: str) -> Brand:
    """The brand, held until the transaction ends: crawls of one brand decide one after the other."""
    found = Brand.select().where(Brand.workspace_id == workspace_id, Brand.id == brand_id).for_update().first()
    if found is None:
        raise NotFound("There is no such brand.", field="brandId", value=brand_id)
    return found


def identity(workspace_id: str, brand_id: str) -> BrandIdentity | None:
    """The brand's identity; None while nothing is known of it."""
    return BrandIdentity.get_or_none(BrandIdentity.workspace_id == workspace_id, BrandIdentity.brand_id == brand_id)


def identity_values(row: BrandIdentity | None) -> dict[str, Any]:
    """What the identity holds, by wire name, without the empty fields."""
    if row is None:
        return {}
    held = {wire: getattr(row, column) for column, wire in IDENTITY_FIELDS.items()}
    return {wire: value for wire, value in held.items() if value is not None}


def write_identity(workspace_id: str, brand_id: str, values: dict[str, Any], *, source: Source) -> BrandIdentity:
    """Set fields (by column name) whatever they held. Idempotent; fields that are not given stay as they are.

    A value that is there already is confirmed: it keeps its evidence and takes the source's lock. Null for an empty
    field changes nothing, so that a client may send back what it got.
    """
    with transaction():
        row = _held_identity(workspace_id, brand_id)
        given = {column: value for column, value in values.items() if (value, getattr(row, column)) != (None, None)}
        sources = {
            column: _confirmed(row, column, source) if value == getattr(row, column) else source
            for column, value in given.items()
        }
        return _set_fields(row, given, sources)


def propose_identity(workspace_id: str, brand_id: str, values: dict[str, Any], sources: dict[str, Source]) -> None:
    """Set those of the fields (by column name, each with its source) that no person has locked."""
    with transaction():
        row = _held_identity(workspace_id, brand_id)
        free = {column: value for column, value in values.items() if not is_locked(row, IDENTITY_FIELDS[column])}
        _set_fields(row, free, sources)


def withdraw_identity(workspace_id: str, brand_id: str, fields: list[str], *, review_id: str) -> None:
    """Empty those fields (by wire name) that this review had filled by itself and nobody has locked since."""
    with transaction():
        row = _held_identity(workspace_id, brand_id)
        for column, wire in IDENTITY_FIELDS.items():
            came_from = row.sources.get(wire, {}).get("reviewId")
            if wire in fields and came_from == review_id and not is_locked(row, wire):
                setattr(row, column, None)
                del row.sources[wire]
        row.updated_at = utc_now()
        row.save()


def is_locked(row: BrandIdentity | None, wire: str) -> bool:
    """Whether a person has decided on this field (by wire name)."""
    return row is not None and "lockedAt" in row.sources.get(wire, {})


def _held_identity(workspace_id: str, brand_id: str) -> BrandIdentity:
    """The brand's identity row, made if there is none, held until the transaction ends."""
    now = utc_now()
    BrandIdentity.insert(
        id=new_id("identity"),
        workspace_id=workspace_id,
        brand_id=brand_id,
        sources={},
        created_at=now,
        updated_at=now,
    ).on_conflict_ignore().execute()
    mine = (BrandIdentity.workspace_id == workspace_id) & (BrandIdentity.brand_id == brand_id)
    row = BrandIdentity.select().where(mine).for_update().first()
    if row is None:
        raise NotFound("There is no such brand.", field="brandId", value=brand_id)
    return row


def _confirmed(row: BrandIdentity, column: str, source: Source) -> Source:
    known = row.sources.get(IDENTITY_FIELDS[column])
    if known is None:
        return source
    return msgspec.structs.replace(msgspec.convert(known, Source), by=source.by, locked_at=source.locked_at)


def _set_fields(row: BrandIdentity, values: dict[str, Any], sources: dict[str, Source]) -> BrandIdentity:
    for column, value in values.items():
        setattr(row, column, value)
        row.sources[IDENTITY_FIELDS[column]] = msgspec.to_builtins(sources[column])
    if values:
        row.updated_at = utc_now()
        row.save()
    return row
