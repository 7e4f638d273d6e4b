"""A brand's profile as a scan needs it: verified facts for the judge, a voice to compare with, and what is missing.

All that stands in a profile is verified: people wrote or approved it, or onboarding was sure of it
(store/brands). Ids of facts name their place in the profile and are the same at every call.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from pipelines.perception.records import BrandFacts, Fact, FactKind, Rival
from store.brands import entries, queries, sections
from store.brands.tables import Brand
from store.brands.values import one_line

MAX_FACTS = 400  # of one brand: typed ones first; a shop's whole catalogue is not checked claim by claim
COSTLY = 2.0  # the weight of what people pay by
PERIODS = {
    "monthly": "month", "month": "month", "mo": "month", "per month": "month",
    "yearly": "year", "annually": "year", "annual": "year", "year": "year", "per year": "year",
    "weekly": "week", "week": "week", "daily": "day", "day": "day", "hourly": "hour", "hour": "hour",
    "quarterly": "quarter", "quarter": "quarter",
}  # fmt: skip


class Voice(Struct, frozen=True, kw_only=True):
    """How a brand wants to sound. `attributes` are what it holds dear, `messages` what it says of itself."""

    attributes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compare an answer with."""
        return not (self.attributes or self.messages)


class Missing(Struct, frozen=True, rename="camel"):
    """Something to fill in: the field, where it is written, and what it is needed for."""

    field: str
    path: str
    why: str


class Profile(Struct, frozen=True):
    """Everything on record of a brand, read once."""

    brand: Brand
    identity: dict[str, Any]
    market: dict[str, Any]
    audience: dict[str, Any]
    positioning: dict[str, Any]
    products: list[Any]
    competitors: list[Any]
    groups: list[Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is on record."""
        return not any(getattr(self, name) for name in self.__struct_fields__[1:])


def read(workspace_id: str, brand_id: str) -> Profile:
    """The profile by the brand's id or label. Raises NotFound."""
    brand = queries.get(workspace_id, brand_id, field="brand360Id")
    held = {
        section: sections.values(section, sections.find(workspace_id, brand.id, section))
        for section in sections.SECTIONS
    }
    if name := held["identity"].get("name"):
        held["identity"]["name"] = one_line(name)
    return Profile(
        brand=brand,
        identity=held["identity"],
        market=held["market-position"],
        audience=held["audience"],
        positioning=held["positioning"],
        products=_named(workspace_id, brand.id, "products"),
        competitors=_named(workspace_id, brand.id, "competitors"),
        groups=_named(workspace_id, brand.id, "audience"),
    )


def _named(workspace_id: str, brand_id: str, kind: str) -> list[Any]:
    """A list's entries, to be read only: by the names that questions ask with and answers are searched for."""
    rows = entries.listed(workspace_id, brand_id, kind)
    for row in rows:
        row.name = one_line(row.name)
    return rows


def what_is_missing(workspace_id: str, brand_id: str) -> list[Missing]:
    """What a scan cannot do without; empty: it can begin. Raises NotFound."""
    if not read(workspace_id, brand_id).is_empty:
        return []
    return [
        Missing("name", "/api/brand-360/identity", "what to look for in the answers"),
        Missing("products", "/api/brand-360/products", "what to ask the platforms about"),
    ]


def what_would_help(workspace_id: str, brand_id: str) -> list[Missing]:
    """What is empty and would make a scan say more, the most useful first. Raises NotFound."""
    profile = read(workspace_id, brand_id)
    wanted = (
        (profile.identity.get("name"), Missing("name", "/api/brand-360/identity", "what to look for in the answers")),
        (profile.products, Missing("products", "/api/brand-360/products", "what to ask the platforms about")),
        (profile.competitors, Missing("competitors", "/api/brand-360/competitors", "whose share of voice to compare")),
        (
            profile.identity.get("foundedYear") or profile.identity.get("headquarters"),
            Missing("foundedYear", "/api/brand-360/identity", "what to check the answers against"),
        ),
        (
            not _voice(profile).is_empty,
            Missing("mission", "/api/brand-360/identity", "what to compare the answers' voice with"),
        ),
    )
    return [missing for held, missing in wanted if not held]


def facts_of(workspace_id: str, brand_id: str) -> BrandFacts:
    """What the judge checks answers against. Worker side: it loads the word lists. Raises NotFound."""
    from pipelines.perception import naming

    profile = read(workspace_id, brand_id)
    products = [row.name for row in profile.products]
    host = naming.host_of(profile.brand.website_url)
    hosts = (host, *(naming.host_of(row.url) for row in profile.products))
    name = profile.identity.get("name") or naming.guessed(hosts, products) or profile.brand.label
    host = host or naming.own_host(name, hosts)
    facts = sorted(facts_on_record(profile, name), key=lambda fact: fact.kind == "text")
    return BrandFacts(
        name=name,
        aliases=naming.aliases(name, host, products),
        domain=host,
        products=tuple(products),
        competitors=tuple(
            Rival(row.name, naming.aliases(row.name, naming.host_of(row.domain), ()), naming.host_of(row.domain))
            for row in profile.competitors
        ),
        facts=tuple(facts[:MAX_FACTS]),
    )


def voice_of(workspace_id: str, brand_id: str) -> Voice:
    """What an answer's voice is compared with. Raises NotFound."""
    return _voice(read(workspace_id, brand_id))


def _voice(profile: Profile) -> Voice:
    said = [
        *(profile.identity.get(field) for field in ("tagline", "mission", "vision")),
        *profile.identity.get("uniqueSellingPoints", ()),
        *(
            profile.positioning.get(field)
            for field in ("positioningStatement", "primaryBenefit", "primaryDifferentiator")
        ),
        *(
            part
            for one in profile.positioning.get("valuePropositions", ())
            for part in (one["headline"], one.get("functionalValue"), one.get("emotionalValue"))
        ),
    ]
    return Voice(
        attributes=tuple(profile.identity.get("coreValues", ())),
        messages=tuple(dict.fromkeys(text for text in said if text)),
    )


def facts_on_record(profile: Profile, name: str) -> Iterator[Fact]:
    """Every fact of the profile; `name` is what the brand is called in their sentences."""
    identity, market, positioning = profile.identity, profile.market, profile.positioning
    if (year := identity.get("foundedYear")) is not None:
        yield _fact("identity.foundedYear", "founded_year", "year", year, f"{name} was founded in {year}.")
    if place := identity.get("headquarters"):
        yield _fact("identity.headquarters", "headquarters", "place", place, f"{name} has its headquarters in {place}.")
    for row in profile.products:
        yield from _of_product(row)
    if profile.groups:
        groups = [row.name for row in profile.groups]
        yield _fact("audience", "audience", "choice", groups, f"{name} is for {_joined(groups)}.")
    for field, predicate, words in (
        ("geographicMarkets", "geography", "is sold in"),
        ("industryVerticals", "industries", "serves"),
    ):
        if listed := market.get(field):
            yield _fact(f"market-position.{field}", predicate, "choice", listed, f"{name} {words} {_joined(listed)}.")
    if segment := market.get("marketSegment"):
        yield _text("market-position.marketSegment", "market_segment", segment)
    if category := positioning.get("categoryDefinition"):
        yield _text("positioning.categoryDefinition", "category", category, f"{name} is: {category}")
    for field, predicate in (("mission", "mission"), ("vision", "vision"), ("tagline", "tagline")):
        if text := identity.get(field):
            yield _text(f"identity.{field}", predicate, text)
    for text in identity.get("uniqueSellingPoints", ()):
        yield _text(f"identity.uniqueSellingPoints.{_mark(text)}", "selling_point", text)
    if text := positioning.get("primaryDifferentiator"):
        yield _text("positioning.primaryDifferentiator", "differentiator", text)
    for proof in positioning.get("proofPoints", ()):
        told = ": ".join(part for part in (proof["title"], proof.get("metricValue")) if part)
        yield Fact(id=f"positioning.proofPoints.{_mark(told)}", statement=told)


def _of_product(row: Any) -> Iterator[Fact]:
    """A product that is not sold any more has no price that an answer could get wrong."""
    place = f"product.{row.id}"
    amount = (row.pricing or {}).get("amount")
    if row.is_active and amount is not None:
        currency = row.pricing.get("currency")
        billed = (row.pricing.get("billingPeriod") or "").strip().lower()
        period = PERIODS.get(billed)
        value = {"amount": amount, "currency": currency, "period": period}
        told = f"{amount} {currency or ''}".strip() + (f" per {period}" if period else f" ({billed})" if billed else "")
        yield Fact(
            id=f"{place}.price",
            predicate="price",
            kind="money",
            value={part: said for part, said in value.items() if said is not None},
            subject=row.name,
            statement=f"{row.name} is free." if amount == 0 else f"{row.name} costs {told}.",
            weight=COSTLY,
        )
    if row.category:
        kind = " / ".join(part for part in (row.category, row.subcategory) if part)
        yield _text(f"{place}.category", "category", kind, f"{row.name} is of the kind: {kind}", subject=row.name)
    if text := row.short_description or row.description:
        yield _text(f"{place}.description", "description", text, subject=row.name)
    for text in row.features or ():
        yield _text(f"{place}.features.{_mark(text)}", "feature", text, f"{row.name}: {text}", subject=row.name)


def _fact(place: str, predicate: str, kind: FactKind, value: Any, statement: str) -> Fact:
    return Fact(id=place, predicate=predicate, kind=kind, value=value, statement=statement)


def _text(place: str, predicate: str, value: str, statement: str | None = None, *, subject: str | None = None) -> Fact:
    return Fact(id=place, predicate=predicate, kind="text", value=value, subject=subject, statement=statement or value)


def _mark(text: str) -> str:
    """What tells one line of a list from the others, wherever in the list it stands."""
    return blake2b(text.casefold().encode(), digest_size=4).hexdigest()


def _joined(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
