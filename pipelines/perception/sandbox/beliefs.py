"""What a platform of the sandbox believes about a brand: mostly what is true, and some things that are not. Pure.

Every platform is wrong about at least one fact. The wrong value of a fact is the same wherever it is believed, as if
they had read it in the same place. `published` takes mistakes away: ids of facts, and keys of insights.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pipelines.perception.records import BrandFacts, Fact
from pipelines.perception.sandbox.chance import dice, number, one_of, share
from store.brands.values import name_key

WRONG_SHARE = {"claude": 0.15, "chatgpt": 0.35, "gemini": 0.3, "perplexity": 0.2, "google_aio": 0.3}
CITIES = (
    "London", "Berlin", "Amsterdam", "Dublin", "Austin", "Denver", "Toronto", "Lisbon", "Stockholm", "Zurich",
    "Boston", "Seattle", "Copenhagen", "Melbourne", "Manchester", "Barcelona",
)  # fmt: skip
INVENTED = ("Flow", "Go", "Connect", "Lite", "Insights", "Studio", "Cloud", "Mobile")
AWARDS = ("Product of the Year", "Red Dot", "Customer Choice", "Best Newcomer")
INVENTS = {"gemini": 1.0, "chatgpt": 0.45, "google_aio": 0.35, "perplexity": 0.15, "claude": 0.1}
MENTIONS = {"claude": 0.8, "chatgpt": 0.65, "gemini": 0.7, "perplexity": 0.75, "google_aio": 0.55}
"""How often a question that does not name the brand brings it up."""


class Beliefs(Struct, frozen=True, kw_only=True):
    """`facts` are the brand's as this platform has them, `wrong` the ids of those it has wrong.

    `invented` is a product that does not exist, `award` a prize that was never won. `order` is how it ranks all brands,
    `mentions` how often it thinks of ours, `grumbles` whether it passes complaints on.
    """

    platform: str
    facts: dict[str, Fact]
    wrong: frozenset[str]
    invented: str | None
    award: str | None
    order: tuple[str, ...]
    mentions: float
    grumbles: bool


def beliefs(facts: BrandFacts, platform: str, published: Collection[str] = frozenset()) -> Beliefs:
    """What `platform` believes, `published` being what approved corrections were about (fact ids, insight keys)."""
    able = [fact for fact in facts.facts if _wrong(fact, facts) is not None]
    chosen = {fact.id for fact in able if _gets_wrong(fact, facts, platform)}
    if able and not chosen:
        chosen = {one_of(able, "at least one", facts.name, platform).id}
    wrong = {fact.id: _wrong(fact, facts) for fact in able if fact.id in chosen and fact.id not in published}
    invented = _invented(facts) if share("invents", facts.name, platform) < INVENTS.get(platform, 0.3) else None
    award = one_of(AWARDS, "award", facts.name) if share("awards", facts.name, platform) < 0.2 else None
    return Beliefs(
        platform=platform,
        facts={fact.id: wrong.get(fact.id) or fact for fact in facts.facts},
        wrong=frozenset(wrong),
        invented=None if invented and _is_published(invented, published) else invented,
        award=None if award and _is_published(award, published) else award,
        order=_order(facts, platform, published),
        mentions=1.0 if _asks_for_more(published) else MENTIONS.get(platform, 0.7),
        grumbles="negative_sentiment" not in published and platform == one_of(tuple(MENTIONS), "grumbles", facts.name),
    )


def _gets_wrong(fact: Fact, facts: BrandFacts, platform: str) -> bool:
    return share("wrong", facts.name, fact.id, platform) < WRONG_SHARE.get(platform, 0.25)


def _wrong(fact: Fact, facts: BrandFacts) -> Fact | None:
    """The fact with a value that is not true, or None for what cannot be got wrong in a way that can be checked."""
    value: Any = None
    if fact.kind == "year" and isinstance(fact.value, int):
        value = fact.value + one_of((-4, -3, -2, 1, 2), "year", facts.name, fact.id)
    elif fact.kind == "place" and isinstance(fact.value, str):
        known = name_key(fact.value)
        value = one_of([city for city in CITIES if name_key(city) not in known], "place", facts.name, fact.id)
    elif fact.kind == "money" and isinstance(fact.value, dict) and fact.value.get("amount"):
        value = fact.value | {"amount": _other_price(fact.value["amount"], facts.name, fact.id)}
    elif fact.kind == "quantity" and isinstance(fact.value, dict) and fact.value.get("amount"):
        value = fact.value | {"amount": round(fact.value["amount"] * one_of((2, 3, 0.5), "many", facts.name, fact.id))}
    return None if value is None or value == fact.value else replace(fact, value=value, statement="")


def _other_price(amount: float, *parts: object) -> float:
    """An older or a made-up price: off by a fifth to a half, and as round as the true one."""
    changed = amount * one_of((0.6, 0.75, 0.8, 1.25, 1.5), "price", *parts)
    if amount >= 1000:
        return round(changed / 100) * 100
    if amount >= 20:
        return round(changed)
    return round(changed * 2) / 2 if amount >= 2 else round(changed, 2)


def _invented(facts: BrandFacts) -> str:
    """A product that sounds like one of the brand's and is none of them."""
    known = {name_key(name) for name in facts.products}
    names = [f"{facts.name} {word}" for word in INVENTED]
    return one_of([name for name in names if name_key(name) not in known] or names, "invented", facts.name)


def _order(facts: BrandFacts, platform: str, published: Collection[str]) -> tuple[str, ...]:
    """All brands as this platform ranks them: ours is seldom first unless what was published says why it should be."""
    rivals = [rival.name for rival in facts.competitors]
    dice("order", facts.name, platform).shuffle(rivals)
    place = number("place", facts.name, platform) % (min(len(rivals), 3) + 1)
    if any(key.startswith("competitor_dominance") for key in published):
        place = 0
    return (*rivals[:place], facts.name, *rivals[place:])


def _is_published(claim: str, published: Collection[str]) -> bool:
    """Whether a correction of this invention was published: the key of its insight ends in the claim's words."""
    words = name_key(claim)
    return any(words in name_key(key) for key in published)


def _asks_for_more(published: Collection[str]) -> bool:
    asking = ("missing_from_answers", "competitor_dominance", "source_gap")
    return any(key.startswith(asking) for key in published)
