"""What suggestions stand on: a brand's verified facts, and what an insight says is wrong. Nothing else goes into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from pipelines.perception.records import Fact


class Ground(Struct, frozen=True, kw_only=True):
    """The brand as its profile has it now."""

    name: str
    domain: str | None
    facts: tuple[Fact, ...]

    @property
    def url(self) -> str | None:
        return f"https://{self.domain}" if self.domain else None

    def find(self, fact_id: str | None) -> Fact | None:
        """The fact, if the profile still has it."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    def value(self, predicate: str, subject: str | None = None) -> Any:
        """The value of the first fact of this predicate; None without one."""
        return next((one.value for one in self.facts if one.predicate == predicate and one.subject == subject), None)

    def products(self) -> list[str]:
        """The products that facts are about."""
        return list(dict.fromkeys(fact.subject for fact in self.facts if fact.subject))


class Wrong(Struct, frozen=True, kw_only=True):
    """What an insight is about. `pages` are cited where the wrong claim stands, most cited first."""

    type: str
    fact_id: str | None = None
    claimed: str | None = None
    subject: str | None = None
    pages: Sequence[str] = ()


# What an answer leans on first, when something general is to be said.
FIRST = ("category", "description", "audience", "founded_year", "headquarters", "price", "selling_point", "differentiator",
         "geography", "industries", "mission", "feature")  # fmt: skip


def leading(ground: Ground, fact: Fact | None, *, limit: int) -> list[Fact]:
    """The fact that is wrong somewhere, then the facts that say most about the brand, each once."""
    order = {predicate: place for place, predicate in enumerate(FIRST)}
    known = sorted((one for one in ground.facts if one.predicate in order), key=lambda one: order[one.predicate])
    chosen = [fact] if fact else []
    for one in known:
        of_kind = sum(other.predicate == one.predicate for other in chosen)
        if one not in chosen and of_kind < 3:
            chosen.append(one)
    return chosen[:limit]


def sentence(text: str) -> str:
    """Ends like one."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def told(fact: Fact, limit: int) -> str:
    """The fact as a sentence that can stand alone: it names the product that it is about."""
    text = fact.statement
    if fact.subject and fact.predicate == "category":
        text = f"{fact.subject} is in the category {fact.value}"
    if fact.subject and fact.subject.casefold() not in text.casefold():
        text = f"{fact.subject}: {text}"
    return sentence(shortened(text, limit))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1].rsplit(' ', 1)[0]}…"
