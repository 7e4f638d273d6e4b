"""What is one record of a brand: identity, market position, audience, positioning.

A write sets the fields that were sent and makes the brand if this is the first time that its id is heard of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.vistralai.brand360 import views
from api.vistralai.brand360.types import (
    AudienceAndPersonas,
    AudienceView,
    IdentityView,
    MarketPositionView,
    OfBrand,
    OfBrand360,
    PersonaView,
    PositioningView,
    WriteAudience,
    WriteIdentity,
    WriteMarketPosition,
    WritePositioning,
)
from store.brands import entries, market, queries, sections
from store.brands.tables import Brand
from store.brands.values import columns
from store.kit.errors import NotFound


class IdentityOfBrand:
    """Who the brand is."""

    @operation("Get a brand's identity", query=OfBrand, returns=IdentityView)
    def on_get(self, caller: Principal, query: OfBrand) -> IdentityView:
        brand = queries.get(caller.workspace_id, query.brand_id)
        return views.section(IdentityView, "identity", brand, _known(brand, "identity", field="brandId"))

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
        row = sections.edit(brand, "identity", views.sent(body), source=views.by(caller))
        return views.section(IdentityView, "identity", brand, row)


class MarketPositionOfBrand:
    """Where the brand stands and whom it is for; what onboarding found of the latter shows here once it is approved."""

    @operation("Get a brand's market position", query=OfBrand, returns=MarketPositionView)
    def on_get(self, caller: Principal, query: OfBrand) -> MarketPositionView:
        brand = queries.get(caller.workspace_id, query.brand_id)
        people = entries.listed(caller.workspace_id, brand.id, "audience")
        return self.view(brand, _known(brand, "market-position", field="brandId", beside=people), people)

    @operation(
        "Create or update a brand's market position",
        body=WriteMarketPosition,
        returns=MarketPositionView,
        status=201,
        also=(200,),
    )
    def on_post(self, caller: Principal, body: WriteMarketPosition) -> Answer:
        people = _groups(body)
        brand = queries.ensure(caller.workspace_id, body.brand_id)
        is_new = sections.find(caller.workspace_id, brand.id, "market-position") is None
        return Answer(body=self.write(caller, brand, body, people), status=201 if is_new else 200)

    @operation("Update a brand's market position", body=WriteMarketPosition, returns=MarketPositionView)
    def on_put(self, caller: Principal, body: WriteMarketPosition) -> MarketPositionView:
        people = _groups(body)
        return self.write(caller, queries.ensure(caller.workspace_id, body.brand_id), body, people)

    def write(self, caller: Principal, brand: Brand, body: WriteMarketPosition, people: Any) -> MarketPositionView:
        """Set the fields that were sent; the groups of people as a whole, if they were."""
        row = market.edit(brand, views.sent(body), people, source=views.by(caller))
        return self.view(brand, row, entries.listed(caller.workspace_id, brand.id, "audience"))

    def view(self, brand: Brand, row: Any | None, people: list[Any]) -> MarketPositionView:
        """A market position is whole only with a competitor on record."""
        also = {"targetAudiences": people, "competitors": entries.any_of(brand.workspace_id, brand.id, "competitors")}
        return views.section(
            MarketPositionView, "market-position", brand, row, also=also, target_audiences=views.groups(people),
            **_when(people),
        )  # fmt: skip


class AudienceOfBrand:
    """Which market the brand speaks to, and its personas."""

    @operation("Get a brand's audience and personas", query=OfBrand360, returns=AudienceAndPersonas)
    def on_get(self, caller: Principal, query: OfBrand360) -> AudienceAndPersonas:
        brand = queries.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        personas = entries.listed(caller.workspace_id, brand.id, "personas")
        people = entries.listed(caller.workspace_id, brand.id, "audience")
        row = sections.find(caller.workspace_id, brand.id, "audience")
        return AudienceAndPersonas(
            audience=self.view(brand, row, people, bool(personas)) if row is not None or people else None,
            personas=[views.entry(PersonaView, brand, one) for one in personas],
        )

    @operation("Update a brand's audience", body=WriteAudience, returns=AudienceView)
    def on_put(self, caller: Principal, body: WriteAudience) -> AudienceView:
        brand = queries.ensure(caller.workspace_id, body.brand360_id)
        row = sections.edit(brand, "audience", views.sent(body), source=views.by(caller))
        people = entries.listed(caller.workspace_id, brand.id, "audience")
        return self.view(brand, row, people, entries.any_of(caller.workspace_id, brand.id, "personas"))

    def view(self, brand: Brand, row: Any | None, people: list[Any], has_personas: bool) -> AudienceView:
        """An audience is whole only with a persona."""
        return views.section(
            AudienceView, "audience", brand, row, also={"personas": has_personas},
            target_audiences=views.groups(people), **_when(people),
        )  # fmt: skip


class PositioningOfBrand:
    """What the brand wants to be known for."""

    @operation("Get a brand's positioning", query=OfBrand360, returns=PositioningView)
    def on_get(self, caller: Principal, query: OfBrand360) -> PositioningView:
        brand = queries.get(caller.workspace_id, query.brand360_id, field="brand360Id")
        return views.section(PositioningView, "positioning", brand, _known(brand, "positioning", field="brand360Id"))

    @operation("Update a brand's positioning", body=WritePositioning, returns=PositioningView)
    def on_put(self, caller: Principal, body: WritePositioning) -> PositioningView:
        brand = queries.ensure(caller.workspace_id, body.brand360_id)
        row = sections.edit(brand, "positioning", views.sent(body), source=views.by(caller))
        return views.section(PositioningView, "positioning", brand, row)


def _groups(body: WriteMarketPosition) -> list[dict[str, Any]] | None:
    """The groups that were sent, None without any. Raises InvalidInput, before a brand is made for them."""
    if body.target_audiences is UNSET:
        return None
    return market.checked([columns(one) for one in body.target_audiences or ()])


def _known(brand: Brand, section: str, *, field: str, beside: Sequence[Any] = ()) -> Any | None:
    """The section's row; None where only what is kept beside it is known.

    Raises NotFound that names the field the brand was given in.
    """
    row = sections.find(brand.workspace_id, brand.id, section)
    if row is None and not beside:
        words = section.replace("-", " ")
        raise NotFound(f"Nothing is known of this brand's {words} yet.", field=field, value=brand.label)
    return row


def _when(people: list[Any]) -> dict[str, Any]:
    """When the groups of people were written first and last."""
    if not people:
        return {}
    return {
        "created_at": min(one.created_at for one in people),
        "updated_at": max(one.updated_at for one in people),
    }
