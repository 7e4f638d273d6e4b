"""Probes from a fact's value, in whatever form it comes: a number, a mapping, a list, or words that hold one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.perception.judge.binding import value_type
from pipelines.perception.judge.lexicon import concepts
from pipelines.perception.judge.moments import Moment
from pipelines.perception.judge.money import bases_in
from pipelines.perception.judge.number_forms import Relation
from pipelines.perception.judge.places import Spot, read_place
from pipelines.perception.judge.probe import Probe, content, read_sentence
from pipelines.perception.judge.text import fold, spoken
from pipelines.perception.judge.towns import place_of_fact
from pipelines.perception.judge.values import Value
from pipelines.perception.records import Fact

_YES = {"yes", "true", "ja", "oui", "si", "sim", "available"}
_NO = {"no", "false", "nein", "non", "nao", "nee", "none", "not available"}
_LISTED = re.compile(r"\s*(?:,|;|\band\b|\bund\b|\bet\b|\by\b|&|/|\+)\s*")
_PERIODS = {
    "monthly": "month", "mo": "month", "yearly": "year", "annual": "year", "annually": "year", "annum": "year",
    "weekly": "week", "daily": "day", "night": "day", "term": "semester", "hourly": "hour", "one-time": "once", "one_time": "once",
}  # fmt: skip
_DIMENSIONS = {"mass", "length", "speed", "volume", "data", "power", "energy", "charge"}
_SETS = ("certification", "award", "products", "languages", "integrations")


def from_value(fact: Fact, base: Probe) -> Iterator[Probe]:
    """The probes of a typed or written value; none when it is a sentence that has to be read."""
    value = fact.value
    takes = concepts()[base.concept].takes if base.concept else frozenset()
    if isinstance(value, str) and fold(value).strip() in _YES | _NO and fact.kind in ("boolean", "choice", "text"):
        value = fold(value).strip() in _YES
    if isinstance(value, bool):
        yield replace(base, sort="flag", flag=value, actual="yes" if value else "no")
    elif isinstance(value, Mapping):
        yield from _from_mapping(value, base, fact)
    elif isinstance(value, int | float) and math.isfinite(value):
        yield from _from_number(fact, float(value), base, takes)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _from_list([str(entry) for entry in value], fact, base, takes)
    elif fact.kind == "person" or "person" in takes:
        names = tuple(part for part in _LISTED.split(str(value)) if part)
        yield replace(base, sort="people", names=names, actual=str(value), closed=len(names) > 1)
    elif fact.kind == "place" or ("place" in takes and "year" not in takes):
        yield replace(
            base,
            sort="place",
            spots=place_of_fact(str(value), fact.statement),
            names=(str(value),),
            actual=str(value),
            wider=_wider(str(value), fact.statement),
        )
    else:
        yield from _from_text(str(value), fact, base, takes)


def _wider(name: str, statement: str) -> tuple[Spot, ...]:
    """What a statement says a place lies in: "Campbeltown, Scotland"."""
    match = re.search(rf"{re.escape(name)}(?:,| \(| in) (?:the )?(?P<wider>[A-Z][\w-]+(?: [A-Z][\w-]+)*)", statement)
    return read_place(match["wider"]) if match else ()


def _from_mapping(value: Mapping[str, Any], base: Probe, fact: Fact) -> Iterator[Probe]:
    amount = _number(value.get("amount", value.get("value", value.get("min"))))
    if amount is None:
        names = [str(entry) for entry in value.values() if isinstance(entry, str)]
        if names:
            actual = ", ".join(names)
            yield replace(base, sort="place", spots=read_place(actual), names=tuple(names[:1]), actual=actual)
        return
    high = _number(value.get("max", value.get("high")))
    if currency := value.get("currency"):
        asked = str(value.get("period") or value.get("interval") or value.get("billing") or "").lower()
        period = _PERIODS.get(asked, asked) or None
        told = fold(f"{fact.statement} {spoken(fact.predicate)} per {asked}")
        said = Value(
            "money", 0, 0, (amount,), high=high, unit=str(currency).upper(), period=period, bases=bases_in(told)
        )
        actual = f"{currency} {_written(amount)}" + (f" a {period}" if period else "")
        yield replace(
            base, sort="amount", value=said, concept=base.concept or (None if base.topic else "price"), actual=actual
        )
        return
    unit = str(value.get("unit") or "")
    written = _written(amount) if high is None else f"{_written(amount)}-{_written(high)}"
    yield _measured(f"{written} {unit}".strip(), amount, base, unit, _counted(fact), _limit(fact, amount))


def _from_number(fact: Fact, amount: float, base: Probe, takes: frozenset[str]) -> Iterator[Probe]:
    actual = _written(amount)
    if fact.kind == "year" or ("year" in takes and 1000 < amount < 2101):
        yield replace(base, sort="amount", value=Value("year", 0, 0, (amount,)), actual=actual)
    elif fact.kind == "money" or ("money" in takes and "percent" not in takes):
        yield replace(base, sort="amount", value=Value("money", 0, 0, (amount,)), actual=actual)
    elif "percent" in takes:
        share = amount * 100 if amount <= 1 else amount
        yield replace(base, sort="amount", value=Value("percent", 0, 0, (share,)), actual=f"{_written(share)} %")
    elif "duration" in takes or takes & _DIMENSIONS:
        unit = _unit_in(fact) or ("days" if "duration" in takes else "")
        yield _measured(f"{actual} {unit}".strip(), amount, base, unit)
    else:
        yield replace(base, sort="amount", value=Value("count", 0, 0, (amount,)), nouns=_nouns(fact), actual=actual)


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        found = read_sentence(value).unit.values
        return found[0].readings[0] if len(found) == 1 else None
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        else None
    )


def _written(amount: float) -> str:
    return f"{amount:.0f}" if amount == int(amount) else f"{amount:.6g}"


def _unit_in(fact: Fact) -> str | None:
    """The unit that a predicate or a statement names: "trial_days", "weight in kg"."""
    told = fold(f"{fact.statement} {spoken(fact.predicate)}").split()
    return next((word for word in reversed(told) if _is_unit(word)), None)


def _is_unit(word: str) -> bool:
    return len(word) > 1 and any(value.kind == "measure" for value in read_sentence(f"5 {word}").unit.values)


def _nouns(fact: Fact) -> frozenset[str]:
    """The words that a count counts, from the statement beside its number, else from the predicate."""
    return _counted(fact) or content(spoken(fact.predicate))


def _limit(fact: Fact, amount: float) -> Relation:
    """ "at most 12 students": whether the statement gives a number as a limit."""
    values = read_sentence(fact.statement).unit.values if fact.statement else []
    return next((value.relation for value in values if amount in value.readings and value.relation == "max"), "exact")


def _counted(fact: Fact) -> frozenset[str]:
    """What the statement counts: "runs 138 pharmacies"."""
    values = read_sentence(fact.statement).unit.values if fact.statement else []
    return frozenset(noun for value in values if value.kind == "count" for noun in value.nouns[:2])


def _measured(
    text: str, amount: float, base: Probe, unit: str, told: frozenset[str] = frozenset(), relation: Relation = "exact"
) -> Probe:
    """A quantity in words, read like the answers' own; a count of `unit` when it is no measure."""
    values = read_sentence(text).unit.values
    said = next((value for value in values if value.kind in ("measure", "percent", "money")), None)
    if said is not None:
        return replace(base, sort="amount", value=said, actual=text)
    counted = re.split(r"\b(?:per|pro|par|por|al|a|each|every|je)\b|/", fold(unit))[0]
    ships = {"~ship"} if counted.strip() == "ships" else set()  # elsewhere the word says that something is sent
    nouns = (content(counted) | told | ships) or base.words
    return replace(base, sort="amount", value=Value("count", 0, 0, (amount,), relation), nouns=nouns, actual=text)


def _from_list(entries: list[str], fact: Fact, base: Probe, takes: frozenset[str]) -> Iterator[Probe]:
    actual = ", ".join(entries)
    names = tuple(entries)
    days = [moment for entry in entries for moment in read_sentence(entry).unit.moments if moment.kind == "weekday"]
    if entries and len(days) == len(entries):
        together = tuple(sorted({day for moment in days for day in moment.readings}))
        yield replace(base, sort="moment", moment=Moment("weekday", 0, 0, together), actual=actual, closed=True)
        return
    if fact.kind == "person" or "person" in takes:
        yield replace(base, sort="people", names=names, actual=actual, closed=True)
    elif fact.kind == "place" or ("place" in takes and "year" not in takes):
        spots = tuple(spot for entry in entries for spot in read_place(entry))
        yield replace(base, sort="place", spots=spots, names=names, actual=actual)
        if len(names) > 1:
            yield replace(
                base, sort="members", names=names, actual=actual, closed=True, nouns=_nouns(fact) | base.topic
            )
    else:
        yield replace(base, sort="members", names=names, actual=actual, closed=True, nouns=_nouns(fact) | base.topic)


def _from_text(text: str, fact: Fact, base: Probe, takes: frozenset[str]) -> Iterator[Probe]:
    unit = read_sentence(text).unit
    values = unit.values
    if unit.moments and not values:
        for moment in unit.moments:
            yield replace(base, sort="moment", moment=moment, actual=text)
        return
    fitting = [
        value for value in values if not takes or value_type(value) in takes or value.kind in ("count", "measure")
    ]
    covered = sum(value.end - value.start for value in values)
    mostly = covered * 2 >= len(text.strip())
    fitting = [value for value in fitting if value.kind != "year" or mostly or "year" in takes]
    if fitting and (mostly or len(text.split()) <= 4):
        said = min(fitting, key=lambda value: (value_type(value) not in takes, value.kind == "count"))
        nouns = (frozenset(said.nouns[:2]) or _nouns(fact)) if said.kind == "count" else frozenset()
        yield replace(base, sort="amount", value=said, nouns=nouns, actual=text)
        return
    if len(text.split()) > 6:
        return
    parts = [part for part in _LISTED.split(text) if part]
    if len(parts) > 1 and base.concept in _SETS:
        yield replace(base, sort="members", names=tuple(parts), actual=text, closed=True)
        return
    yield replace(base, sort="name", names=(text,), spots=read_place(text) if "place" in takes else (), actual=text)
