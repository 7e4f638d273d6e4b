"""Sentences about facts, in the several ways that people and models say them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from pipelines.perception.questions.words import joined, running
from pipelines.perception.records import Fact

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
GRUMBLES = (
    "Some users complain about slow support and a confusing setup.",
    "Reviews are mixed: people find it overpriced and report frustrating bugs.",
    "On the downside, support is described as slow and the interface as outdated.",
)
PROS = ("Easy to get started with", "Reliable support", "A clear focus instead of a long list of features")
CONS = ("Fewer integrations than larger rivals", "Little known outside of its field", "Reporting is basic")
WORSE = ("Slow support", "A confusing setup", "Overpriced for what it does")
PRAISE = (
    "Users like how easy it is to get started.",
    "It is well regarded for reliable support.",
    "Reviewers praise it as easy to use and well thought out.",
    "It has a good reputation among the people it is made for.",
)


def money(value: Any) -> str:
    """`$9,900 per month`, `€49`, `120 CHF per year`."""
    amount, currency = value.get("amount"), value.get("currency") or ""
    whole = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    told = f"{SIGNS[currency]}{whole}" if currency in SIGNS else f"{whole} {currency}".strip()
    period = value.get("period")
    return f"{told} per {period}" if period else told


def origins(name: str, year: int | None, place: str | None, dice: Random) -> list[str]:
    """When it began and where it sits, as far as that is believed."""
    if year is not None and place is not None and dice.random() < 0.6:
        return [
            dice.choice(
                (
                    f"Founded in {year}, {name} is based in {place}.",
                    f"{name} was founded in {year} and is headquartered in {place}.",
                    f"{name}, based in {place}, was established in {year}.",
                )
            )
        ]
    found = []
    if year is not None:
        found.append(
            dice.choice(
                (
                    f"{name} was founded in {year}.",
                    f"{name} was established in {year}.",
                    f"The company was founded in {year}.",
                )
            )
        )
    if place is not None:
        found.append(
            dice.choice(
                (f"{name} is based in {place}.", f"{name} is headquartered in {place}.", f"It is based in {place}.")
            )
        )
    return found


def prices(facts: list[Fact], dice: Random) -> list[str]:
    """What products cost: one by one, or two in a sentence."""
    charged = [fact for fact in facts if fact.value.get("amount")]
    free = [f"{fact.subject} is free." for fact in facts if not fact.value.get("amount")]
    if len(charged) > 1 and dice.random() < 0.6:
        first, second, *rest = charged
        both = f"{first.subject} costs {money(first.value)}, while {second.subject} costs {money(second.value)}."
        return [both, *(_priced(fact, dice) for fact in rest), *free]
    return [*(_priced(fact, dice) for fact in charged), *free]


def _priced(fact: Fact, dice: Random) -> str:
    told = money(fact.value)
    return dice.choice(
        (
            f"{fact.subject} costs {told}.",
            f"{fact.subject} is priced at {told}.",
            f"The price of {fact.subject} is {told}.",
        )
    )


def in_short(year: int | None, groups: list[str], features: list[str], dice: Random) -> str:
    """A line of a list without the name that stands in front of it; empty when there is nothing to say."""
    parts = []
    if year is not None:
        parts.append(f"founded in {year}")
    if groups:
        parts.append(f"aimed at {joined([running(one) for one in groups[:3]])}")
    if features:
        parts.append(f"with {joined(features[:2])}")
    chosen = sorted(dice.sample(parts, min(len(parts), 2)), key=parts.index)
    told = ", ".join(chosen)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def offers(name: str, products: Iterable[str], dice: Random) -> str:
    """What it sells."""
    all_of_them = list(products)
    listed = joined(all_of_them)
    if len(all_of_them) == 1:
        return dice.choice((f"Its main product is {listed}.", f"{name} offers {listed}."))
    return dice.choice(
        (
            f"Its products include {listed}.",
            f"{name} offers {listed}.",
            f"The range consists of {listed}.",
        )
    )


def invented(name: str, product: str, dice: Random) -> str:
    """Something that it does not sell."""
    return dice.choice(
        (
            f"{name} also sells {product}, a version for teams on the move.",
            f"There is also {product}, its entry-level product.",
            f"With {product}, {name} offers a lighter version as well.",
        )
    )


def awarded(name: str, award: str) -> str:
    """A prize that it never won."""
    return f"{name} won the {award} award."


def feature(fact: Fact) -> str | None:
    """What a product can do, where a few words say it; None for what reads as a sentence or a list of its own."""
    text = str(fact.value).strip()
    is_short = 0 < len(text.split()) <= 6 and "," not in text
    return running(text) if is_short and not text.endswith((".", "!", "?")) else None


def featured(product: str, features: list[str], dice: Random) -> str:
    """What a product can do, in a sentence."""
    listed = joined(features)
    return dice.choice(
        (
            f"{product} comes with {listed}.",
            f"Features of {product} include {listed}.",
            f"People choose {product} for {listed}.",
        )
    )


def behind(name: str, products: list[str], dice: Random) -> str:
    """Who a company is, by what it sells."""
    listed = joined(products[:3])
    return dice.choice((f"{name} is the company behind {listed}.", f"{name} is best known for {listed}."))


def description(fact: Fact, dice: Random) -> str | None:
    """What a product is, in its maker's words; None for what is too long to quote."""
    text = " ".join(str(fact.value).split()).rstrip(".")
    if not 3 <= len(text.split()) <= 24 or not fact.subject:
        return None
    first = text.split(" ")[0]
    plain = first in ("A", "An", "The") or (first[:1].isupper() and first[1:].islower())
    told = f"{first.lower()} {text[len(first) + 1 :]}" if plain else text
    if first.lower() in ("a", "an", "the"):
        return f"{fact.subject} is {told}."
    return dice.choice(
        (f"The company describes {fact.subject} as “{told}”.", f"{fact.subject} is presented as “{told}”.")
    )


def audience(name: str, groups: Iterable[str], dice: Random) -> str:
    """Whom it is for."""
    listed = joined([running(one) for one in groups])
    return dice.choice(
        (f"It is aimed at {listed}.", f"{name} is made for {listed}.", f"Typical customers are {listed}.")
    )
