"""Request and response types of /api/brand-360: the brand's own fields are declared in store/brands/values.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from api.kit.types import Camel
from store.brands.values import (
    Audience,
    Competitor,
    Identity,
    Label,
    Line,
    MarketPosition,
    PainPoint,
    Persona,
    Positioning,
    Product,
    ProofPoint,
    TargetAudience,
    ValueProposition,
)


class OfBrand(Camel):
    """Which brand, by the caller's own id."""

    brand_id: Label


class OfBrand360(Camel):
    """Which brand, by the caller's own id or by ours."""

    brand360_id: Label


class OfEntry(Camel):
    """Which competitor or product."""

    id: str


class WriteIdentity(Identity, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    brand_id: Label


class WriteMarketPosition(MarketPosition, kw_only=True):
    """Fields to set; what is not sent stays as it is. `targetAudiences` is the whole list, null empties it."""

    brand_id: Label
    target_audiences: Annotated[list[Audience], Meta(max_length=200)] | UnsetType | None = UNSET


class WriteAudience(TargetAudience, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    brand360_id: Label


class WritePositioning(Positioning, kw_only=True):
    """Fields to set; what is not sent stays as it is. Lists are sent whole."""

    brand360_id: Label


class AddCompetitor(Competitor, kw_only=True):
    brand_id: Label


class AddProduct(Product, kw_only=True):
    brand_id: Label


class AddPersona(Persona, kw_only=True):
    brand360_id: Label


class UpdateCompetitor(Competitor, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    name: Line | UnsetType = UNSET  # type: ignore[assignment]


class UpdateProduct(Product, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    name: Line | UnsetType = UNSET  # type: ignore[assignment]


class UpdatePersona(Persona, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    name: Line | UnsetType = UNSET  # type: ignore[assignment]


class SourceView(Camel, kw_only=True):
    """Where a value came from. A locked one is never overwritten by a crawl."""

    origin: Literal["onboarding", "person"]
    locked: bool
    confidence: float | UnsetType = UNSET
    evidence: list[dict[str, Any]]


class IdentityView(Camel, kw_only=True):
    """The identity as far as it is known. `completionScore` is 0..100, see WEIGHTS in store/brands/values.py."""

    id: str
    brand_id: str
    name: str | UnsetType = UNSET
    tagline: str | UnsetType = UNSET
    mission: str | UnsetType = UNSET
    vision: str | UnsetType = UNSET
    core_values: list[str] | UnsetType = UNSET
    brand_story: str | UnsetType = UNSET
    unique_selling_points: list[str] | UnsetType = UNSET
    founded_year: int | UnsetType = UNSET
    headquarters: str | UnsetType = UNSET
    completion_score: int
    sources: dict[str, SourceView]
    created_at: datetime
    updated_at: datetime


class GroupView(Camel):
    """A group of people whom the brand is for."""

    name: str
    demographics: str | None
    psychographics: str | None
    source: SourceView


class MarketPositionView(Camel, kw_only=True):
    """The market position as far as it is known. `completionScore` counts a competitor on record as well."""

    id: str
    brand_id: str
    target_audiences: list[GroupView]
    market_segment: str | UnsetType = UNSET
    geographic_markets: list[str] | UnsetType = UNSET
    industry_verticals: list[str] | UnsetType = UNSET
    positioning: str | UnsetType = UNSET
    completion_score: int
    sources: dict[str, SourceView]
    created_at: datetime
    updated_at: datetime


class AudienceView(Camel, kw_only=True):
    """The audience as far as it is known. `completionScore` counts a persona on record as well.

    `targetAudiences` are written with the market position.
    """

    id: str
    brand360_id: str
    primary_market: str | UnsetType = UNSET
    geographic_focus: str | UnsetType = UNSET
    target_industries: list[str] | UnsetType = UNSET
    target_job_titles: list[str] | UnsetType = UNSET
    target_audiences: list[GroupView]
    completion_score: int
    sources: dict[str, SourceView]
    created_at: datetime
    updated_at: datetime


class PositioningView(Camel, kw_only=True):
    """The positioning as far as it is known."""

    id: str
    brand360_id: str
    positioning_statement: str | UnsetType = UNSET
    target_audience_summary: str | UnsetType = UNSET
    category_definition: str | UnsetType = UNSET
    primary_benefit: str | UnsetType = UNSET
    primary_differentiator: str | UnsetType = UNSET
    value_propositions: list[ValueProposition] | UnsetType = UNSET
    proof_points: list[ProofPoint] | UnsetType = UNSET
    positioning_axes: list[dict[str, Any]] | UnsetType = UNSET
    completion_score: int
    sources: dict[str, SourceView]
    created_at: datetime
    updated_at: datetime


class CompetitorView(Camel):
    id: str
    brand_id: str
    name: str
    domain: str | None
    is_primary: bool
    market_share: float | int | None
    strengths: list[str] | None
    weaknesses: list[str] | None
    differentiators: list[str] | None
    source: SourceView
    created_at: datetime
    updated_at: datetime


class ProductView(Camel):
    id: str
    brand_id: str
    name: str
    sku: str | None
    category: str | None
    subcategory: str | None
    description: str | None
    short_description: str | None
    features: list[str] | None
    benefits: list[str] | None
    pricing: dict[str, Any] | None
    url: str | None
    is_active: bool
    source: SourceView
    created_at: datetime
    updated_at: datetime


class PersonaView(Camel):
    id: str
    brand360_id: str
    name: str
    title: str | None
    archetype: str | None
    type: str | None
    age_range: str | None
    industry: str | None
    primary_goals: list[str] | None
    pain_points: list[PainPoint] | None
    source: SourceView
    created_at: datetime
    updated_at: datetime


class AudienceAndPersonas(Camel):
    """`audience` is null while nothing is known of it."""

    audience: AudienceView | None
    personas: list[PersonaView]


class Deleted(Struct):
    deleted: bool = True
