"""How people ask: wordings by category and intent, filled with what the profile offers. Pure.

A wording yields its questions one by one, the most natural combination first; one that lacks a word yields nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Literal

from msgspec import Struct

from pipelines.perception.questions.subject import Subject
from pipelines.perception.questions.words import article, plural

Intent = Literal["discovery", "comparison", "evaluation", "pricing", "facts"]


class Wording(Struct, frozen=True):
    """`text` has slots in braces; a slot that the subject has several words for makes several questions."""

    category: Literal["product", "brand", "competitor"]
    intent: Intent
    text: str


def _of(category: Literal["product", "brand", "competitor"], **texts: tuple[str, ...]) -> Iterator[Wording]:
    for intent, wordings in texts.items():
        for text in wordings:
            yield Wording(category, intent, text)  # type: ignore[arg-type]


WORDINGS: tuple[Wording, ...] = (
    *_of(
        "product",
        discovery=(
            "What are the best {kinds}?",
            "Which {kinds} would you recommend for {audience}?",
            "What are the best options for {need}?",
            "Who offers good {need} for {audience}?",
            "I'm looking for {a_kind} with {feature}. What are my options?",
            "What are the leading {kinds} for {industry} companies?",
            "Can you list a few {kinds} that are popular with {audience}?",
            "Which {kinds} are worth a look in {place}?",
            "I need help with {need}. Which companies should I look at?",
            "Which {kinds} offer {feature}?",
            "What {kind} would suit a small team that is just getting started?",
            "Which {kinds} do experts recommend right now?",
        ),
        comparison=(
            "Compare the top {kinds} and say who each of them is best for.",
            "What is the difference between the popular {kinds}?",
            "Compare the leading providers of {need}.",
            "Which {kinds} are the best value for money for {audience}?",
        ),
        evaluation=(
            "How do I choose {a_kind}, and which ones should be on my shortlist?",
            "What should {audience} look for in {a_kind}? Name some good ones.",
            "Which {kinds} have the best reviews?",
            "What should I look for in a provider of {need}, and who should be on my shortlist?",
            "Is {product} any good?",
            "What does {product} do, and who is it for?",
        ),
        pricing=(
            "How much does {priced} cost?",
            "How much do {kinds} usually cost, and which are affordable?",
            "Is {priced} worth the price?",
        ),
    ),
    *_of(
        "brand",
        evaluation=(
            "What is {name}, and is it any good?",
            "What are the pros and cons of {name}?",
            "Would you recommend {name} to {audience}?",
            "Is {name} a company one can trust?",
            "What do customers say about {name}?",
        ),
        facts=(
            "When was {name} founded, and where is it based?",
            "Which products does {name} offer?",
            "What is {name} known for?",
            "Who is {name} for?",
            "Tell me about the company {name}.",
        ),
        pricing=("How much does {name} cost?", "What do I get from {name} for the price?"),
        comparison=("Who are the main competitors of {name}?", "What are good alternatives to {name}?"),
    ),
    *_of(
        "competitor",
        comparison=(
            "{name} vs {rival}: which one is better?",
            "How does {name} compare with {rival} on price and features?",
            "Should {audience} choose {rival} or {name}?",
        ),
        discovery=(
            "What are the best alternatives to {rival}?",
            "I'm not happy with {rival}. What else is there?",
            "Which companies compete with {rival}?",
            "Is there anything cheaper than {rival}?",
        ),
    ),
)


def fill(wording: Wording, subject: Subject) -> Iterator[str]:
    """The questions of a wording; several slots go on together before they are mixed, so that each word has its turn."""
    offered = {slot: list(words) for slot, words in _words(subject).items() if "{" + slot + "}" in wording.text}
    if not all(offered.values()):
        return
    slots = list(offered)
    seen: set[tuple[int, ...]] = set()
    longest = max((len(words) for words in offered.values()), default=1)
    together = [tuple(turn % len(offered[slot]) for slot in slots) for turn in range(longest)]
    mixed = product(*(range(len(offered[slot])) for slot in slots))
    for places in (*together, *mixed):
        if places not in seen:
            seen.add(places)
            chosen = {slot: offered[slot][place] for slot, place in zip(slots, places, strict=True)}
            yield wording.text.format(**chosen)


def _words(subject: Subject) -> dict[str, Iterable[str]]:
    kinds = subject.kinds
    return {
        "name": [subject.name],
        "kind": kinds,
        "kinds": [plural(kind) for kind in kinds],
        "a_kind": [f"{article(kind)} {kind}" for kind in kinds],
        "need": subject.needs,
        "audience": subject.audiences,
        "industry": subject.industries,
        "place": [_in_a_sentence(place) for place in subject.places],
        "feature": subject.features,
        "product": subject.products,
        "priced": subject.priced,
        "rival": subject.rivals,
    }


def _in_a_sentence(place: str) -> str:
    """`US` -> `the US`: the abbreviations that profiles use."""
    return f"the {place}" if place in ("US", "USA", "UK", "EU", "UAE", "Netherlands", "Middle East") else place
