"""What a profile offers to ask about, in the words of a question. Worker side: the brand's names come from word lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from pipelines.perception import profile as profiles
from pipelines.perception.profile import Profile
from pipelines.perception.questions import words
from pipelines.perception.records import BrandFacts

MOST = 12  # of each kind of thing


class Subject(Struct, frozen=True, kw_only=True):
    """`kinds` are what the brand's things are called in the singular, the best first; `needs` what they are good for.

    `names` are all words that mean the brand, or that only it has: a question with one of them is branded.
    """

    name: str
    names: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    priced: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    is_digital: bool = False


def subject_of(workspace_id: str, brand_id: str) -> Subject:
    """By the brand's id or label. Raises NotFound."""
    return make(profiles.read(workspace_id, brand_id), profiles.facts_of(workspace_id, brand_id))


def make(profile: Profile, facts: BrandFacts) -> Subject:
    """From a profile that was read, and the names that the facts found."""
    products = [row for row in profile.products if row.is_active]
    short = [text for row in products for text in (row.short_description, row.description) if text]
    tagline = profile.identity.get("tagline")
    described = [*short, *([tagline] if tagline else ())]
    kinds = [*_kinds(profile, products), *(words.kind_in(text) for text in described)]
    found = _few(one for one in kinds if one)
    shown = [words.running(one) for one in (*found, *(row.category or "" for row in products))]
    return Subject(
        name=facts.name,
        names=(facts.name, *facts.aliases, *facts.products),
        kinds=tuple(found),
        needs=tuple(_few(words.need_in(text) for text in described)),
        audiences=tuple(
            _few([*(_group(row.name) for row in profile.groups), *(words.audience_in(text) for text in described)])
        ),
        industries=tuple(_few(words.running(one) for one in _listed(profile, "industryVerticals", "targetIndustries"))),
        places=tuple(_few(_listed(profile, "geographicMarkets"))),
        products=tuple(_few(row.name for row in products)),
        priced=tuple(_few(row.name for row in products if (row.pricing or {}).get("amount") is not None)),
        features=tuple(_few(_feature(text) for row in products for text in row.features or ())),
        rivals=tuple(_few(rival.name for rival in facts.competitors)),
        is_digital=any(
            word in words.DIGITAL or word in _DIGITAL_HEADS for one in shown for word in one.lower().split()
        ),
    )


_DIGITAL_HEADS = frozenset(
    ["platform", "app", "application", "tool", "api", "sdk", "plugin", "dashboard", "database", "framework", "library"]
)


def _kinds(profile: Profile, products: list[Any]) -> Iterable[str | None]:
    """What the profile itself calls the kind of thing, the most exact word first."""
    yield _kind(profile.positioning.get("categoryDefinition"))
    for text in (part for row in products for part in (row.short_description, row.description) if part):
        yield words.kind_in(text)
    for row in products:
        yield _kind(row.category if row.category and len(row.category.split()) > 1 else None)
    yield _kind(profile.market.get("marketSegment"))
    for row in products:
        yield _kind(row.subcategory)
        yield _kind(row.category)


def _kind(text: str | None) -> str | None:
    """A field that names a kind; a whole sentence is no name."""
    if not text or len(text.split()) > 6:
        return None
    return words.singular(words.running(text))


def _group(name: str) -> str | None:
    """A group of people as it stands behind `for`; the name of one made-up person is none."""
    return words.plural(words.running(name)) if len(name.split()) <= 5 else None


def _feature(text: str) -> str | None:
    """A feature that can stand behind `with`: a few words without a verb's ending of a sentence."""
    return words.running(text) if len(text.split()) <= 5 and not text.rstrip().endswith((".", "!", "?")) else None


def _listed(profile: Profile, *fields: str) -> list[str]:
    return [one for field in fields for held in (profile.market, profile.audience) for one in held.get(field) or ()]


def _few(found: Iterable[str | None]) -> list[str]:
    """Each once, whatever its case; at most MOST."""
    kept: dict[str, str] = {}
    for one in found:
        if one:
            kept.setdefault(one.casefold(), one)
    return list(kept.values())[:MOST]
