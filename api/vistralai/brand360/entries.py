"""The lists of a brand: competitors, products, personas. Each is listed, added to, and changed one entry at a time.

Competitors and products are named in the query (`?id=`, as documented) or in the path.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from msgspec import Struct

from api.kit.identity import Principal
from api.kit.operation import operation
from api.vistralai.brand360 import views
from api.vistralai.brand360.types import (
    AddCompetitor,
    AddPersona,
    AddProduct,
    CompetitorView,
    Deleted,
    OfBrand,
    OfBrand360,
    OfEntry,
    PersonaView,
    ProductView,
    UpdateCompetitor,
    UpdatePersona,
    UpdateProduct,
)
from store.brands import entries, queries

View = TypeVar("View", bound=Struct)


class Entries(Generic[View]):
    """What one does with a list, whichever it is."""

    def __init__(self, kind: str, view: type[View]) -> None:
        self.kind = kind
        self.view = view

    def listed(self, caller: Principal, label: str, *, field: str = "brandId") -> list[View]:
        """The entries of a brand, oldest first."""
        brand = queries.get(caller.workspace_id, label, field=field)
        rows = entries.listed(caller.workspace_id, brand.id, self.kind)
        return [views.entry(self.view, brand, row) for row in rows]

    def added(self, caller: Principal, label: str, body: Struct) -> View:
        """A new entry of a brand, which is made if this is its first write."""
        brand = queries.ensure(caller.workspace_id, label)
        return views.entry(self.view, brand, entries.add(brand, self.kind, views.sent(body), source=views.by(caller)))

    def got(self, caller: Principal, entry_id: str) -> View:
        """One entry."""
        return views.entry(self.view, *entries.get(caller.workspace_id, self.kind, entry_id))

    def updated(self, caller: Principal, entry_id: str, body: Struct) -> View:
        """Set the fields that were sent."""
        sent: dict[str, Any] = views.sent(body)
        return views.entry(
            self.view, *entries.update(caller.workspace_id, self.kind, entry_id, sent, source=views.by(caller))
        )

    def removed(self, caller: Principal, entry_id: str) -> Deleted:
        """Take an entry out."""
        entries.remove(caller.workspace_id, self.kind, entry_id)
        return Deleted()


COMPETITORS = Entries("competitors", CompetitorView)
PRODUCTS = Entries("products", ProductView)
PERSONAS = Entries("personas", PersonaView)


class CompetitorsOfBrand:
    """The brand's competitors."""

    @operation("List a brand's competitors", query=OfBrand, returns=list[CompetitorView])
    def on_get(self, caller: Principal, query: OfBrand) -> list[CompetitorView]:
        return COMPETITORS.listed(caller, query.brand_id)

    @operation("Add a competitor", body=AddCompetitor, returns=CompetitorView, status=201)
    def on_post(self, caller: Principal, body: AddCompetitor) -> CompetitorView:
        return COMPETITORS.added(caller, body.brand_id, body)

    @operation("Update a competitor", query=OfEntry, body=UpdateCompetitor, returns=CompetitorView)
    def on_put(self, caller: Principal, query: OfEntry, body: UpdateCompetitor) -> CompetitorView:
        return COMPETITORS.updated(caller, query.id, body)

    @operation("Remove a competitor", query=OfEntry, returns=Deleted)
    def on_delete(self, caller: Principal, query: OfEntry) -> Deleted:
        return COMPETITORS.removed(caller, query.id)


class CompetitorById:
    """One competitor."""

    @operation("Get a competitor", returns=CompetitorView)
    def on_get(self, caller: Principal, competitor_id: str) -> CompetitorView:
        return COMPETITORS.got(caller, competitor_id)

    @operation("Update a competitor by its path", body=UpdateCompetitor, returns=CompetitorView)
    def on_put(self, caller: Principal, competitor_id: str, body: UpdateCompetitor) -> CompetitorView:
        return COMPETITORS.updated(caller, competitor_id, body)

    @operation("Remove a competitor by its path", returns=Deleted)
    def on_delete(self, caller: Principal, competitor_id: str) -> Deleted:
        return COMPETITORS.removed(caller, competitor_id)


class ProductsOfBrand:
    """The brand's products and services."""

    @operation("List a brand's products", query=OfBrand, returns=list[ProductView])
    def on_get(self, caller: Principal, query: OfBrand) -> list[ProductView]:
        return PRODUCTS.listed(caller, query.brand_id)

    @operation("Add a product", body=AddProduct, returns=ProductView, status=201)
    def on_post(self, caller: Principal, body: AddProduct) -> ProductView:
        return PRODUCTS.added(caller, body.brand_id, body)

    @operation("Update a product", query=OfEntry, body=UpdateProduct, returns=ProductView)
    def on_put(self, caller: Principal, query: OfEntry, body: UpdateProduct) -> ProductView:
        return PRODUCTS.updated(caller, query.id, body)

    @operation("Remove a product", query=OfEntry, returns=Deleted)
    def on_delete(self, caller: Principal, query: OfEntry) -> Deleted:
        return PRODUCTS.removed(caller, query.id)


class ProductById:
    """One product."""

    @operation("Get a product", returns=ProductView)
    def on_get(self, caller: Principal, product_id: str) -> ProductView:
        return PRODUCTS.got(caller, product_id)

    @operation("Update a product by its path", body=UpdateProduct, returns=ProductView)
    def on_put(self, caller: Principal, product_id: str, body: UpdateProduct) -> ProductView:
        return PRODUCTS.updated(caller, product_id, body)

    @operation("Remove a product by its path", returns=Deleted)
    def on_delete(self, caller: Principal, product_id: str) -> Deleted:
        return PRODUCTS.removed(caller, product_id)


class PersonasOfBrand:
    """The people whom the brand is for."""

    @operation("List a brand's personas", query=OfBrand360, returns=list[PersonaView])
    def on_get(self, caller: Principal, query: OfBrand360) -> list[PersonaView]:
        return PERSONAS.listed(caller, query.brand360_id, field="brand360Id")

    @operation("Create a persona", body=AddPersona, returns=PersonaView, status=201)
    def on_post(self, caller: Principal, body: AddPersona) -> PersonaView:
        return PERSONAS.added(caller, body.brand360_id, body)


class PersonaById:
    """One persona."""

    @operation("Get a persona", returns=PersonaView)
    def on_get(self, caller: Principal, persona_id: str) -> PersonaView:
        return PERSONAS.got(caller, persona_id)

    @operation("Update a persona", body=UpdatePersona, returns=PersonaView)
    def on_put(self, caller: Principal, persona_id: str, body: UpdatePersona) -> PersonaView:
        return PERSONAS.updated(caller, persona_id, body)

    @operation("Delete a persona", returns=Deleted)
    def on_delete(self, caller: Principal, persona_id: str) -> Deleted:
        return PERSONAS.removed(caller, persona_id)
