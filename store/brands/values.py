"""What a brand's profile may hold: the fields of its sections and entries, their limits and their weights.

The structs are the one declaration: the API decodes bodies with them, a reviewer's edited value is checked by them,
and their snake_case names are the columns. Wire names are camelCase. A field that is not sent is UNSET and stays as
it is; null empties it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from store.kit import structs
from store.kit.validation import form, refusal

DataType = Literal["identity", "competitors", "products", "audience"]
DATA_TYPES: tuple[DataType, ...] = ("identity", "competitors", "products", "audience")

JOINERS = "\u200c\u200d"
LONGEST_KEY = 2000  # bytes of a name's key in UTF-8; an index takes 2,700 with the brand's id
# Something to see: neither blanks alone are a value, nor marks without a width.
VISIBLE = form(r"[^\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", "must not be blank")
# People will click on it: no javascript:, no data:
WEB_ADDRESS = form(
    r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/]", "must be a web address with http:// or https://", example="https://example.com"
)
# A host of two labels or more; whoever has only the address of a page at hand may give that.
DOMAIN = form(
    r"^\s*([Hh][Tt][Tt][Pp][Ss]?://)?([^\s./:@?#\\\"'<>,;]+\.)+[^\s./:@?#\\\"'<>,;]+\.?(:\d{1,5})?([/?#]\S*)?\s*$",
    "must be a domain",
    example="example.com",
)
Label = Annotated[str, Meta(pattern=VISIBLE, max_length=200)]
Line = Annotated[str, Meta(pattern=VISIBLE, max_length=500)]
Text = Annotated[str, Meta(pattern=VISIBLE, max_length=20_000)]
Lines = Annotated[list[Annotated[str, Meta(pattern=VISIBLE, max_length=2_000)]], Meta(max_length=100)]
Year = Annotated[int, Meta(ge=500, le=2100)]
Percent = Annotated[int, Meta(ge=0, le=100)] | Annotated[float, Meta(ge=0, le=100)]
Amount = Annotated[int, Meta(ge=0, le=10**12)] | Annotated[float, Meta(ge=0, le=1e12)]  # 9900 stays 9900, not 9900.0


def wire_names(kind: type[Struct]) -> dict[str, str]:
    """Column name -> wire name of every field."""
    return {field.name: field.encode_name for field in msgspec.structs.fields(kind)}


class Identity(Struct, rename="camel", kw_only=True):
    """Who a company is."""

    name: Line | UnsetType | None = UNSET
    tagline: Line | UnsetType | None = UNSET
    mission: Text | UnsetType | None = UNSET
    vision: Text | UnsetType | None = UNSET
    core_values: Lines | UnsetType | None = UNSET
    brand_story: Text | UnsetType | None = UNSET
    unique_selling_points: Lines | UnsetType | None = UNSET
    founded_year: Year | UnsetType | None = UNSET
    headquarters: Line | UnsetType | None = UNSET


IDENTITY_FIELDS = wire_names(Identity)
IDENTITY_COLUMNS = {wire: column for column, wire in IDENTITY_FIELDS.items()}


class MarketPosition(Struct, rename="camel", kw_only=True):
    """Where a company stands; whom it is for is kept beside it, as the entries of `audience`."""

    market_segment: Line | UnsetType | None = UNSET
    geographic_markets: Lines | UnsetType | None = UNSET
    industry_verticals: Lines | UnsetType | None = UNSET
    positioning: Text | UnsetType | None = UNSET


class TargetAudience(Struct, rename="camel", kw_only=True):
    """Which market a company speaks to."""

    primary_market: Line | UnsetType | None = UNSET
    geographic_focus: Line | UnsetType | None = UNSET
    target_industries: Lines | UnsetType | None = UNSET
    target_job_titles: Lines | UnsetType | None = UNSET


class ValueProposition(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """One promise: `headline` in a line, what it is worth in the others."""

    headline: Line
    type: Line | None = None
    functional_value: Text | None = None
    emotional_value: Text | None = None
    description: Text | None = None


class ProofPoint(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What shows that a promise is kept."""

    title: Line
    type: Line | None = None
    metric_value: Line | None = None
    description: Text | None = None
    source: Line | None = None
    url: Annotated[str, Meta(pattern=WEB_ADDRESS, max_length=2048)] | None = None


class Positioning(Struct, rename="camel", kw_only=True):
    """What a company wants to be known for. The contract leaves open what an axis holds: any object is kept."""

    positioning_statement: Text | UnsetType | None = UNSET
    target_audience_summary: Text | UnsetType | None = UNSET
    category_definition: Text | UnsetType | None = UNSET
    primary_benefit: Text | UnsetType | None = UNSET
    primary_differentiator: Text | UnsetType | None = UNSET
    value_propositions: Annotated[list[ValueProposition], Meta(max_length=100)] | UnsetType | None = UNSET
    proof_points: Annotated[list[ProofPoint], Meta(max_length=100)] | UnsetType | None = UNSET
    positioning_axes: Annotated[list[dict[str, Any]], Meta(max_length=20)] | UnsetType | None = UNSET


class Pricing(Struct, rename="camel", kw_only=True):
    """`amount` in units of `currency` (ISO 4217) per `billingPeriod`."""

    currency: Annotated[str, Meta(min_length=1, max_length=10)] | UnsetType | None = UNSET
    amount: Amount | UnsetType | None = UNSET
    billing_period: Annotated[str, Meta(max_length=50)] | UnsetType | None = UNSET


class Competitor(Struct, rename="camel", kw_only=True):
    name: Line
    domain: Annotated[str, Meta(pattern=DOMAIN, max_length=500)] | UnsetType | None = UNSET
    is_primary: bool | UnsetType = UNSET
    strengths: Lines | UnsetType | None = UNSET
    weaknesses: Lines | UnsetType | None = UNSET
    market_share: Percent | UnsetType | None = UNSET
    differentiators: Lines | UnsetType | None = UNSET


class Product(Struct, rename="camel", kw_only=True):
    name: Line
    sku: Line | UnsetType | None = UNSET
    category: Line | UnsetType | None = UNSET
    subcategory: Line | UnsetType | None = UNSET
    description: Text | UnsetType | None = UNSET
    short_description: Text | UnsetType | None = UNSET
    features: Lines | UnsetType | None = UNSET
    benefits: Lines | UnsetType | None = UNSET
    pricing: Pricing | UnsetType | None = UNSET
    url: Annotated[str, Meta(pattern=WEB_ADDRESS, max_length=2048)] | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class Audience(Struct, rename="camel", kw_only=True):
    name: Line
    demographics: Text | UnsetType | None = UNSET
    psychographics: Text | UnsetType | None = UNSET


class PainPoint(Struct, rename="camel", kw_only=True, omit_defaults=True):
    title: Line
    severity: Line | None = None
    description: Text | None = None


class Persona(Struct, rename="camel", kw_only=True):
    """Somebody whom the brand is for, as one would tell of a person."""

    name: Line
    title: Line | UnsetType | None = UNSET
    archetype: Line | UnsetType | None = UNSET
    type: Line | UnsetType | None = UNSET
    age_range: Line | UnsetType | None = UNSET
    industry: Line | UnsetType | None = UNSET
    primary_goals: Lines | UnsetType | None = UNSET
    pain_points: Annotated[list[PainPoint], Meta(max_length=100)] | UnsetType | None = UNSET


ENTRY_TYPES: dict[str, type[Competitor | Product | Audience | Persona]] = {
    "competitors": Competitor,
    "products": Product,
    "audience": Audience,
    "personas": Persona,
}

# Share of each field in its section's completion score, in percent: what an answer about a brand leans on most weighs
# most. The published examples make 85 and 78: the name is the rest of an identity, and nobody's market position is
# whole without a competitor on record. An audience is whole with a persona.
WEIGHTS: dict[str, dict[str, int]] = {
    "identity": {
        "name": 15,
        "mission": 15,
        "coreValues": 15,
        "uniqueSellingPoints": 15,
        "vision": 10,
        "brandStory": 10,
        "tagline": 10,
        "foundedYear": 5,
        "headquarters": 5,
    },
    "market-position": {
        "targetAudiences": 24,
        "marketSegment": 16,
        "positioning": 14,
        "geographicMarkets": 12,
        "industryVerticals": 12,
        "competitors": 22,
    },
    "audience": {
        "primaryMarket": 20,
        "geographicFocus": 20,
        "targetIndustries": 20,
        "targetJobTitles": 20,
        "personas": 20,
    },
    "positioning": {
        "positioningStatement": 20,
        "primaryBenefit": 15,
        "primaryDifferentiator": 15,
        "valuePropositions": 15,
        "targetAudienceSummary": 10,
        "categoryDefinition": 10,
        "proofPoints": 10,
        "positioningAxes": 5,
    },
}


class Source(Struct, rename="camel", omit_defaults=True, kw_only=True):
    """Where a value came from. `evidence` entries have url, quote, rule and confidence; `by` is the person."""

    origin: Literal["onboarding", "person"]
    at: str
    confidence: float | None = None
    evidence: list[dict[str, Any]] = []
    review_id: str | None = None
    by: str | None = None
    locked_at: str | None = None


def columns(values: Struct) -> dict[str, Any]:
    """The fields that were sent, by column name; nested structs as their wire form."""
    sent = {name: getattr(values, name) for name in values.__struct_fields__}
    return {name: msgspec.to_builtins(value) for name, value in sent.items() if value is not UNSET}


def checked_identity(field: str, value: Any, *, at: str) -> Any:
    """`value` as the identity field of that wire name holds it. Raises InvalidInput that names `at`."""
    try:
        given = structs.convert({field: value}, Identity)
    except msgspec.ValidationError as error:
        in_value = str(error).replace(f"`$.{field}", "`$", 1)  # the caller sent the value, not an object around it
        raise refusal(msgspec.ValidationError(in_value), whole=at, within=at) from error
    return columns(given)[IDENTITY_COLUMNS[field]]


def checked_entry(kind: str, value: Any, *, at: str) -> dict[str, Any]:
    """An entry of one of ENTRY_TYPES by column name; a bare string is its name. Raises InvalidInput."""
    given = {"name": value} if isinstance(value, str) else value
    try:
        return columns(structs.convert(given, ENTRY_TYPES[kind]))
    except msgspec.ValidationError as error:
        raise refusal(error, whole=at, within=at) from error


def name_key(name: str) -> str:
    """What two spellings of one name have in common: letters and digits, without case or width.

    Some characters stand for whole words, so that a key can be longer than an index takes; it is then told by its hash.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    key = " ".join("".join(c if c.isalnum() else " " for c in folded).split()) or folded
    raw = key.encode()
    return key if len(raw) <= LONGEST_KEY else blake2b(raw, digest_size=32).hexdigest()


def one_line(text: str) -> str:
    """A name as it stands in a sentence: without line breaks, control characters and marks that nobody sees.

    The joiners that scripts need stay. A name of nothing else stays as it is.
    """
    seen = "".join(
        c if c in JOINERS or unicodedata.category(c) not in ("Cc", "Cf") else " " * c.isspace() for c in text
    )
    return " ".join(seen.split()) or text


def completion_score(section: str, held: Mapping[str, Any]) -> int:
    """0..100: the sum of the section's WEIGHTS over the fields (by wire name) that hold something."""
    return sum(weight for field, weight in WEIGHTS[section].items() if held.get(field) not in (None, "", [], False))
