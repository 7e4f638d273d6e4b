"""The tables of brands and reviews. Every row carries its workspace; the schema itself is in the migrations."""

from __future__ import annotations

from typing import ClassVar

import peewee
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from store.kit.db import Model


class Jsonb(BinaryJSONField):
    """jsonb without an index of its own: these columns are read whole, never searched."""

    def __init__(self, **options: object) -> None:
        super().__init__(index=False, **options)


class Brand(Model):
    """`label` is the client's own `brandId`, unique inside its workspace."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    label = peewee.TextField()
    website_url = peewee.TextField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class Section(Model):
    """What the sections of a profile have in common: one row per brand, `sources` by wire name (see `Source`)."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField(unique=True)
    sources = Jsonb(default=dict)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class BrandIdentity(Section):
    name = peewee.TextField(null=True)
    tagline = peewee.TextField(null=True)
    mission = peewee.TextField(null=True)
    vision = peewee.TextField(null=True)
    core_values = Jsonb(null=True)
    brand_story = peewee.TextField(null=True)
    unique_selling_points = Jsonb(null=True)
    founded_year = peewee.SmallIntegerField(null=True)
    headquarters = peewee.TextField(null=True)


class BrandMarketPosition(Section):
    market_segment = peewee.TextField(null=True)
    geographic_markets = Jsonb(null=True)
    industry_verticals = Jsonb(null=True)
    positioning = peewee.TextField(null=True)


class BrandTargetAudience(Section):
    primary_market = peewee.TextField(null=True)
    geographic_focus = peewee.TextField(null=True)
    target_industries = Jsonb(null=True)
    target_job_titles = Jsonb(null=True)


class BrandPositioning(Section):
    positioning_statement = peewee.TextField(null=True)
    target_audience_summary = peewee.TextField(null=True)
    category_definition = peewee.TextField(null=True)
    primary_benefit = peewee.TextField(null=True)
    primary_differentiator = peewee.TextField(null=True)
    value_propositions = Jsonb(null=True)
    proof_points = Jsonb(null=True)
    positioning_axes = Jsonb(null=True)


class Entry(Model):
    """What the lists of a brand have in common. A removed entry stays as a mark, so that no crawl brings it back."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    name = peewee.TextField()
    name_key = peewee.TextField()
    source = Jsonb(default=dict)
    locked_at = DateTimeTZField(null=True)
    removed_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class BrandCompetitor(Entry):
    domain = peewee.TextField(null=True)
    is_primary = peewee.BooleanField(default=False)
    strengths = Jsonb(null=True)
    weaknesses = Jsonb(null=True)
    market_share = peewee.DoubleField(null=True)
    differentiators = Jsonb(null=True)


class BrandProduct(Entry):
    sku = peewee.TextField(null=True)
    category = peewee.TextField(null=True)
    subcategory = peewee.TextField(null=True)
    description = peewee.TextField(null=True)
    short_description = peewee.TextField(null=True)
    features = Jsonb(null=True)
    benefits = Jsonb(null=True)
    pricing = Jsonb(null=True)
    url = peewee.TextField(null=True)
    is_active = peewee.BooleanField(default=True)


class BrandAudience(Entry):
    demographics = peewee.TextField(null=True)
    psychographics = peewee.TextField(null=True)


class BrandPersona(Entry):
    title = peewee.TextField(null=True)
    archetype = peewee.TextField(null=True)
    type = peewee.TextField(null=True)
    age_range = peewee.TextField(null=True)
    industry = peewee.TextField(null=True)
    primary_goals = Jsonb(null=True)
    pain_points = Jsonb(null=True)


class Review(Model):
    """What one job found of one data type. Its status follows from its fields."""

    id = peewee.TextField(primary_key=True)
    workspace_id = peewee.TextField()
    brand_id = peewee.TextField()
    job_id = peewee.TextField()
    data_type = peewee.TextField()
    status = peewee.TextField()
    notes = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    reviewer = peewee.TextField(null=True)
    resolved_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()


class FieldReview(Model):
    """One proposed value: an identity field by its wire name, or one entry of a list by its name.

    `value` is what was proposed, `final_value` what holds after the decision (null while pending or when rejected).
    """

    review_id = peewee.TextField()
    field = peewee.TextField()
    position = peewee.IntegerField()
    value = Jsonb()
    confidence = peewee.DoubleField()
    status = peewee.TextField()
    evidence = Jsonb()
    alternatives = Jsonb()
    final_value = Jsonb(null=True)
    feedback = peewee.TextField(null=True)
    reviewer = peewee.TextField(null=True)
    decided_at = DateTimeTZField(null=True)

    class Meta:
        primary_key: ClassVar = peewee.CompositeKey("review_id", "field")
