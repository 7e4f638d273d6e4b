"""Reads a brand's facts from plain dictionaries, in whatever words they come, into `BrandFacts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.perception.judge.lexicon import concept_of_predicate, concepts
from pipelines.perception.judge.text import spoken
from pipelines.perception.records import BrandFacts, Fact, FactKind, Rival

_KINDS: dict[str, FactKind] = {
    "year": "year", "date": "year", "money": "money", "price": "money", "currency": "money", "quantity": "quantity", "number": "quantity",
    "count": "quantity", "int": "quantity", "integer": "quantity", "float": "quantity", "percent": "quantity", "percentage": "quantity",
    "measure": "quantity", "duration": "quantity", "place": "place", "location": "place", "person": "person", "people": "person",
    "persons": "person", "choice": "choice", "set": "choice", "list": "choice", "enum": "choice", "bool": "boolean", "boolean": "boolean",
    "text": "text", "string": "text",
}  # fmt: skip
_NAME = ("name", "brand", "brandname", "brand name", "company", "company name")
_ID = ("id", "fact id", "factid", "uid")
_PREDICATE = (
    "predicate",
    "key",
    "attribute",
    "field",
    "property",
    "label",
    "topic",
    "relation",
    "fact",
    "name",
    "category",
)
_VALUE = ("value", "object", "truth", "expected", "actual", "answer", "values", "amount", "val")
_STATEMENT = ("statement", "text", "claim", "sentence", "description", "content", "source text")
_EITHER = ("fact", "name", "label", "key", "title")  # a predicate, or a sentence when it is long
_SUBJECT = ("subject", "product", "entity", "plan", "item", "about", "applies to", "product name")
_FACTS = ("facts", "verified facts", "claims", "truths", "fact list", "ground truth")
_RIVALS = ("competitors", "rivals", "tracked competitors", "competition")
_PRODUCTS = ("products", "product names", "product list")
_DOMAIN = ("domain", "website", "url", "homepage", "site")
_ALIASES = ("aliases", "alias", "also known as", "aka", "other names")


def read_facts(given: BrandFacts | Mapping[str, Any]) -> BrandFacts:
    """`BrandFacts` from a dictionary: names, aliases, products, competitors and facts under their usual spellings.

    Facts may be typed (`{"id", "predicate", "kind", "value"}`), sentences (`{"id", "text"}` or strings), or one mapping
    of predicates to values. Without a list of facts every other entry of the dictionary is one.
    """
    if isinstance(given, BrandFacts):
        return given
    told = {spoken(str(name)): value for name, value in given.items()}
    name = _first(told, _NAME)
    if isinstance(name, Mapping):
        return read_facts({**given, **name, "brand": None})
    listed = next((told[entry] for entry in _FACTS if told.get(entry) is not None), None)
    if listed is None:
        used = {*_NAME, *_RIVALS, *_PRODUCTS, *_DOMAIN, *_ALIASES, *_FACTS, "id"}
        listed = {entry: value for entry, value in told.items() if entry not in used and value is not None}
    return BrandFacts(
        name=str(name or ""),
        aliases=tuple(map(str, _many(_first(told, _ALIASES)))),
        domain=_text(_first(told, _DOMAIN)),
        products=tuple(filter(None, (_label(product) for product in _many(_first(told, _PRODUCTS))))),
        competitors=tuple(_rivals(_many(_first(told, _RIVALS)))),
        facts=tuple(_facts(listed)),
    )


def _facts(listed: Any) -> Iterable[Fact]:
    if isinstance(listed, Mapping):
        for name, value in listed.items():
            if isinstance(value, Mapping) and not _is_typed(value):
                yield read_fact({"id": str(name), "predicate": str(name), **value}, str(name))
            else:
                yield read_fact({"id": str(name), "predicate": str(name), "value": value}, str(name))
        return
    for number, entry in enumerate(_many(listed), 1):
        if isinstance(entry, Fact):
            yield entry
        elif isinstance(entry, Mapping):
            yield read_fact(entry, f"fact_{number}")
        else:
            yield Fact(id=f"fact_{number}", statement=str(entry))


def read_fact(entry: Mapping[str, Any], fallback: str) -> Fact:
    """One fact; `fallback` is its id where it has none."""
    told = {spoken(str(name)): value for name, value in entry.items()}
    statement = next((str(told[name]) for name in _STATEMENT if isinstance(told.get(name), str)), "")
    if not statement:
        statement = next((str(told[name]) for name in _EITHER if _is_sentence(told.get(name))), "")
    named = (told.get(name) for name in _PREDICATE)
    predicate = next(
        (name for name in named if isinstance(name, str) and name != statement and not _is_sentence(name)), ""
    )
    value = next((told[name] for name in _VALUE if told.get(name) is not None), None)
    if value is not None and told.get("currency"):
        value = {"amount": value, "currency": told["currency"], "period": told.get("period") or told.get("interval")}
    elif value is not None and told.get("unit") and not isinstance(value, Mapping):
        value = {"amount": value, "unit": told["unit"]}
    if isinstance(value, str) and not statement and _is_told(value) and concept_of_predicate(predicate) is None:
        statement, value = value, None
    kind = _KINDS.get(
        spoken(str(told.get("kind") or told.get("value type") or told.get("datatype") or told.get("type") or ""))
    )
    weight = told.get("weight")
    return Fact(
        id=str(_first(told, _ID) if _first(told, _ID) is not None else predicate or fallback),
        predicate=predicate or (str(told["type"]) if isinstance(told.get("type"), str) and kind is None else ""),
        kind=kind or kind_of(predicate, value),
        value=value,
        subject=_text(next((told[name] for name in _SUBJECT if isinstance(told.get(name), str)), None)),
        statement=statement,
        weight=float(weight) if isinstance(weight, int | float) else 1.0,
    )


def kind_of(predicate: str, value: Any) -> FactKind:
    """The kind that predicate and value suggest."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Mapping):
        return "money" if value.get("currency") else "quantity"
    name = concept_of_predicate(predicate) if predicate else None
    takes = concepts()[name].takes if name else frozenset()
    if "person" in takes:
        return "person"
    if isinstance(value, list | tuple):
        return "choice"
    if "place" in takes and "year" not in takes:
        return "place"
    if isinstance(value, int | float):
        return (
            "year"
            if "year" in takes or (not takes and isinstance(value, int) and 1500 < value < 2101)
            else "money"
            if "money" in takes
            else "quantity"
        )
    return "text"


def _is_typed(value: Mapping[str, Any]) -> bool:
    return "amount" in value


def _is_sentence(text: Any) -> bool:
    return isinstance(text, str) and len(text.split()) >= 3 and not text.isupper()


def _is_told(value: str) -> bool:
    """Whether a value is a sentence to read rather than a name or an amount: "Financial Conduct Authority" is none."""
    return (value.rstrip().endswith(".") and len(value.split()) > 2) or len(value.split()) > 7


def _first(told: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((told[name] for name in names if told.get(name) is not None), None)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    return [value]


def _label(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("title") or "")
    return str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _rivals(listed: list[Any]) -> Iterable[Rival]:
    for entry in listed:
        if isinstance(entry, Rival):
            yield entry
        elif isinstance(entry, Mapping):
            domain = entry.get("domain") or entry.get("website") or entry.get("url")
            aliases = tuple(map(str, _many(entry.get("aliases"))))
            yield Rival(_label(entry), aliases, _text(domain))
        else:
            yield Rival(str(entry))
