"""What the parts of a perception scan hand to each other: facts, answers, judgements. Plain data, safe to import anywhere.

`BrandFacts` goes into the judge with an answer's text, a `Judgement` comes out (pipelines/perception/judge); scoring
reads many `Cell`s (pipelines/perception/scoring). All of them are kept as JSON.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from pipelines.replies import Citation

FactKind = Literal["year", "money", "quantity", "place", "person", "choice", "boolean", "text"]
Category = Literal["product", "brand", "competitor"]
CellState = Literal["valid", "empty", "refused", "truncated", "absent", "failed"]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is true of the brand.

    `predicate` says what about (`founded_year`, `headquarters`, `founder`, `price`, `customers`, …), `subject` whom or
    what it is about when that is not the brand itself (a product's name). `value` is typed by `kind`: a year is an
    int, money `{"amount": 49, "currency": "EUR", "period": "month"}`, a quantity `{"amount": 40, "unit": "employees"}`, a place,
    person or text a string, people and closed sets a list of strings, a boolean is true or false. `statement` is a sentence
    for people; a fact may come with it alone, its predicate and value are then read from it.
    """

    id: str
    predicate: str = ""
    kind: FactKind = "text"
    value: Any = None
    subject: str | None = None
    statement: str = ""
    weight: float = 1.0


def plain(fact: Fact) -> str:
    """A fact's value as a person writes it; its statement where it has none."""
    value = fact.value
    if isinstance(value, dict):
        amount, period = value.get("amount"), value.get("period")
        told = " ".join(str(part) for part in (amount, value.get("currency") or value.get("unit")) if part is not None)
        return f"{told} per {period}" if period else told
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value is not None else fact.statement


class Rival(Struct, frozen=True, omit_defaults=True):
    """A tracked competitor and the other names it goes by."""

    name: str
    aliases: tuple[str, ...] = ()
    domain: str | None = None


class BrandFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is verified about a brand, as the judge needs it. `products` are the names of all that it sells."""

    name: str
    aliases: tuple[str, ...] = ()
    domain: str | None = None
    products: tuple[str, ...] = ()
    competitors: tuple[Rival, ...] = ()
    facts: tuple[Fact, ...] = ()


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim of an answer. `quote` stands in the answer word for word, at `start:end` (characters).

    `fact_id` is None for a claim that no fact speaks about; `claimed` and `actual` are short texts ("2020", "2024");
    `fabricated`: it names a product, award, person or certificate that does not exist. `by`: who found it.
    """

    quote: str
    start: int
    end: int
    fact_id: str | None = None
    claimed: str = ""
    actual: str = ""
    fabricated: bool = False
    by: Literal["rules", "model"] = "rules"


class ModelReading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a model had to do with a judgement (docs/judge_with_model.md).

    `used`: its verdicts and its sentiment are in it; else `reason` says why not. `added` of its verdicts are findings,
    `agreed` said what the rules had said, `overruled` the opposite of what they were sure of, `withdrawn` findings of
    the rules were given up for it; `dropped` counts by reason those that did not stand the checks.
    """

    model: str
    used: bool
    reason: str | None = None
    added: int = 0
    agreed: int = 0
    overruled: int = 0
    withdrawn: int = 0
    dropped: dict[str, int] = {}


class Judgement(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What one answer says about the brand.

    `rank` is the brand's place (1 is first) in a list of recommendations, None where the answer ranks nothing;
    `competitors` the tracked rivals that are named, in order, `ranks` each named brand's place by name; `sentiment`
    -1..1, None when the brand is not mentioned. `supported` and `contradicted` name facts, `unsupported` does not.
    `judge_version` tells the rules and, where one was heard, the model; `model` is None where none is configured.
    """

    mentioned: bool
    rank: int | None = None
    list_length: int = 0
    competitors: tuple[str, ...] = ()
    ranks: dict[str, int] = {}
    contradicted: tuple[Finding, ...] = ()
    supported: tuple[Finding, ...] = ()
    unsupported: tuple[Finding, ...] = ()
    sentiment: float | None = None
    refusal: bool = False
    judge_version: str = ""
    model: ModelReading | None = None


class Cell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One asked question: prompt x platform x repeat, as scoring sees it. Only `valid` cells have a judgement.

    `branded`: the question itself names the brand; such questions do not count for share of voice. `voice` is the
    answer's voice alignment 0..100, None without a voice profile or mention.
    """

    answer_id: str
    platform: str
    prompt_id: str
    prompt: str
    category: Category
    repeat: int
    state: CellState
    branded: bool = False
    model: str = ""
    judgement: Judgement | None = None
    voice: float | None = None
    citations: tuple[Citation, ...] = ()
    sandbox: bool = False
