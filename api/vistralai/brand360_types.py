"""Request and response types of /api/brand-360: the brand's own fields are declared in store/brands/values.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from api.kit.types import Camel
from store.brands.values import Competitor, Identity, Label, Product


class OfBrand(Camel):
    """Which brand, by the caller's own id."""

    brand_id: Label


class OfEntry(Camel):
    """Which competitor or product."""

    id: str


class WriteIdentity(Identity, kw_only=True):
    """Fields to set; what is not sent stays as it is."""

    brand_id: Label


class AddCompetitor(Competitor, kw_only=True):
    brand_id: Label


class AddProduct(Product, kw_only=True):
    brand_id: Label


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


class Deleted(Struct):
    deleted: bool = True
