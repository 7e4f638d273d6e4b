"""Brands by the client's own label. Called by the brand endpoints and by every pipeline that works for a brand."""

from __future__ import annotations

from store.brands.tables import Brand
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id


def find(workspace_id: str, label: str) -> Brand | None:
    """The brand with this label, or with this id of ours; None when the workspace has none."""
    mine = Brand.workspace_id == workspace_id
    found = Brand.get_or_none(mine, Brand.label == label)
    if found is None and is_id("brand", label):
        found = Brand.get_or_none(mine, Brand.id == label)
    return found


def get(workspace_id: str, label: str, *, field: str = "brandId") -> Brand:
    """As `find`. Raises NotFound that names the field the label was given in."""
    found = find(workspace_id, label)
    if found is None:
        raise NotFound("There is no such brand.", field=field, value=label)
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
    """The brand, held until the transaction ends: whoever writes several rows of one does so one after the other.

    Rows that name the brand can be added meanwhile (NO KEY).
    """
    mine = (Brand.workspace_id == workspace_id) & (Brand.id == brand_id)
    found = Brand.select().where(mine).for_update("FOR NO KEY UPDATE").first()  # type: ignore[arg-type]
    if found is None:
        raise NotFound("There is no such brand.", field="brandId", value=brand_id)
    return found
