"""/api/brand-360: the brand's identity, competitors and products, as people wrote them or onboarding found them."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.vistralai.brand360_types import (
    AddCompetitor,
    AddProduct,
    CompetitorView,
    Deleted,
    IdentityView,
    OfBrand,
    OfEntry,
    ProductView,
    SourceView,
    WriteIdentity,
)
from api.vistralai.onboarding import who
from store.brands import entries, queries, sections
from store.brands.tables import Brand, BrandIdentity
from store.brands.values import Source, columns, completion_score
from store.kit.clock import rfc3339, utc_now
from store.kit.errors import NotFound


class IdentityOfBrand:
    """The brand's identity; what a person writes here is locked against later crawls."""

    @operation("Get a brand's identity", query=OfBrand, returns=IdentityView)
    def on_get(self, caller: Principal, query: OfBrand) -> IdentityView:
        brand = queries.get(caller.workspace_id, query.brand_id)
        row = sections.find(caller.workspace_id, brand.id, "identity")
        if row is None:
            raise NotFound("Nothing is known of this brand's identity yet.", field="brandId", value=query.brand_id)
        return _identity(brand, row)

    @operation("Create or update a brand's identity", body=WriteIdentity, returns=IdentityView, status=201, also=(200,))
    def on_post(self, caller: Principal, body: WriteIdentity) -> Answer:
        brand = queries.ensure(caller.workspace_id, body.brand_id)
        is_new = sections.find(caller.workspace_id, brand.id, "identity") is None
        return Answer(body=self.write(caller, brand, body), status=201 if is_new else 200)

    @operation("Update a brand's identity", body=WriteIdentity, returns=IdentityView)
    def on_put(self, caller: Principal, body: WriteIdentity) -> IdentityView:
        return self.write(caller, queries.ensure(caller.workspace_id, body.brand_id), body)

    def write(self, caller: Principal, brand: Brand, body: WriteIdentity) -> IdentityView:
        """Set the fields that were sent."""
        row = sections.edit(brand, "identity", _sent(body), source=_by(caller))
        return _identity(brand, row)


class CompetitorsOfBrand:
    """The brand's competitors."""

    @operation("List a brand's competitors", query=OfBrand, returns=list[CompetitorView])
    def on_get(self, caller: Principal, query: OfBrand) -> list[CompetitorView]:
        brand = queries.get(caller.workspace_id, query.brand_id)
        return [_competitor(brand, row) for row in entries.listed(caller.workspace_id, brand.id, "competitors")]

    @operation("Add a competitor", body=AddCompetitor, returns=CompetitorView, status=201)
    def on_post(self, caller: Principal, body: AddCompetitor) -> CompetitorView:
        brand = queries.ensure(caller.workspace_id, body.brand_id)
        row = entries.add(brand, "competitors", _sent(body), source=_by(caller))
        return _competitor(brand, row)

    @operation("Remove a competitor", query=OfEntry, returns=Deleted)
    def on_delete(self, caller: Principal, query: OfEntry) -> Deleted:
        entries.remove(caller.workspace_id, "competitors", query.id)
        return Deleted()


class ProductsOfBrand:
    """The brand's products and services."""

    @operation("List a brand's products", query=OfBrand, returns=list[ProductView])
    def on_get(self, caller: Principal, query: OfBrand) -> list[ProductView]:
        brand = queries.get(caller.workspace_id, query.brand_id)
        return [_product(brand, row) for row in entries.listed(caller.workspace_id, brand.id, "products")]

    @operation("Add a product", body=AddProduct, returns=ProductView, status=201)
    def on_post(self, caller: Principal, body: AddProduct) -> ProductView:
        brand = queries.ensure(caller.workspace_id, body.brand_id)
        row = entries.add(brand, "products", _sent(body), source=_by(caller))
        return _product(brand, row)


def _sent(body: WriteIdentity | AddCompetitor | AddProduct) -> dict[str, Any]:
    values = columns(body)
    del values["brand_id"]
    return values


def _by(caller: Principal) -> Source:
    now = rfc3339(utc_now())
    return Source(origin="person", at=now, by=who(caller), locked_at=now)


def _identity(brand: Brand, row: BrandIdentity) -> IdentityView:
    values = sections.values("identity", row)
    held = {column: getattr(row, column) for column in sections.SECTIONS["identity"].fields}
    return IdentityView(
        id=row.id,
        brand_id=brand.label,
        completion_score=completion_score("identity", values),
        sources={field: _source(source) for field, source in row.sources.items() if field in values},
        created_at=row.created_at,
        updated_at=row.updated_at,
        **{column: UNSET if value is None else value for column, value in held.items()},
    )


def _competitor(brand: Brand, row: Any) -> CompetitorView:
    return CompetitorView(
        id=row.id,
        brand_id=brand.label,
        name=row.name,
        domain=row.domain,
        is_primary=row.is_primary,
        market_share=_whole(row.market_share),
        strengths=row.strengths,
        weaknesses=row.weaknesses,
        differentiators=row.differentiators,
        source=_source(row.source),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _product(brand: Brand, row: Any) -> ProductView:
    return ProductView(
        id=row.id,
        brand_id=brand.label,
        name=row.name,
        sku=row.sku,
        category=row.category,
        subcategory=row.subcategory,
        description=row.description,
        short_description=row.short_description,
        features=row.features,
        benefits=row.benefits,
        pricing=row.pricing,
        url=row.url,
        is_active=row.is_active,
        source=_source(row.source),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _source(source: dict[str, Any]) -> SourceView:
    return SourceView(
        origin=source["origin"],
        locked="lockedAt" in source,
        confidence=source.get("confidence", UNSET),
        evidence=source.get("evidence", []),
    )


def _whole(number: float | None) -> float | int | None:
    """25 rather than 25.0, as it was sent."""
    return int(number) if number is not None and number.is_integer() else number
