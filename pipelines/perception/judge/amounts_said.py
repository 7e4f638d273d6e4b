"""Claims with a number: years, money, percent, measures and counts, each against the facts of its concept."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.perception.judge.beginnings import is_founding
from pipelines.perception.judge.binding import Bound, bind, value_type
from pipelines.perception.judge.compare import Verdict as Comparison
from pipelines.perception.judge.compare import compare
from pipelines.perception.judge.elsewhere import is_of_something_else
from pipelines.perception.judge.fitting import facts_for, starts_low
from pipelines.perception.judge.kinds_said import another_variant
from pipelines.perception.judge.lexicon import concepts
from pipelines.perception.judge.money import WEIGHED
from pipelines.perception.judge.names import owner_key
from pipelines.perception.judge.probe import Probe, read_sentence
from pipelines.perception.judge.scope import RECENT, governs, is_denied
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.subjects import in_turn, owners_of
from pipelines.perception.judge.values import UNPRICED, Value
from pipelines.perception.judge.verdicts import Scene

_PARTLY = re.compile(
    r"\b(?:of which|of whom|of them|of these|including|among them|class of|group of|davon|darunter|dont|de los cuales|de las cuales|entre ellos|di cui|tra cui|waarvan|waaronder|dos quais|incluindo)"
    r"(?: \w+){0,2} $"
)
_AGES = (3, 99)  # what "at least 25" or "from 5 to 11" can be of people
_BESIDE = 24  # characters between a year and the figure that it dates
_EVENTS = {name for name, concept in concepts().items() if concept.event}
_OF_THE_WHOLE = {"founded", "employees", "revenue", "funding", "valuation", "offices"}
_USED_BY = re.compile(
    r"\b(?:used|trusted|genutzt|verwendet|utilisee?|usad[oa]|utilizad[oa]|utilizzat[oa]|gebruikt|uzywan[ay]) (?:by|von|par|por|da|door|przez)(?: \w+){0,2} $"
)
_MAKER = re.compile(
    r"\b(?:the|der|die|das|l'|le|la|el|il|lo|de|het|o|a) ?(?:vendor|company|maker|manufacturer|provider|firm|brand|anbieter|hersteller|unternehmen|firma|marke|editeur|entreprise|fabricant|societe|empresa|fabricante|proveedor|azienda|produttore|bedrijf|fabrikant|aanbieder)\b"
)
# What only a company is: of a product one says that it was launched.
_BEGUN = re.compile(
    r"(?:was |wurde |a ete |fue |foi |is |e stata )?(?:founded|established|set up|incorporated|gegrundet|fondee?|fundad[ao]|fondat[ao]|opgericht|zalozon|設立|創業|成立|创立)"
)
_UNCHECKED = {"reviews", "growth", "discount", "rating", "launched"}


def weigh_amounts(scene: Scene) -> None:
    for value in scene.unit.values:
        kind = value_type(value)
        bound = bind(scene.unit, scene.folded, kind, value.start, value.end, nouns_end=_nouns_end(scene, value))
        if (
            bound is not None
            and bound.concept == "employees"
            and value.kind == "count"
            and _USED_BY.search(scene.folded, max(scene.unit.start, value.start - 36), value.start)
        ):
            bound = bound._replace(concept="customers")  # "used by 46 million people"
        low, high = (min(bound.start, value.start), max(bound.end, value.end)) if bound else (value.start, value.end)
        owners = _owners(scene, value, bound, low, high)
        mine = [owner for owner in owners if owner == "brand" or owner.startswith("product:")]
        if not mine or scene.scope.silent(value.start):
            continue
        if (
            bound is not None
            and bound.concept == "founded"
            and value.kind == "year"
            and not is_founding(scene, bound, value)
        ):
            continue
        if value.kind == "count" and _PARTLY.search(scene.folded, max(scene.unit.start, value.start - 36), value.start):
            continue  # "of which some 400 are on show"
        if bound is not None and bound.concept in _OF_THE_WHOLE and mine[0] != "brand":
            told = bound.concept != "founded" or scene.unit.cell >= 0 or _BEGUN.match(scene.folded, bound.start)
            if scene.unit.mentions or not (told or _MAKER.search(scene.folded, scene.unit.start, low)):
                continue  # a product has no founding year and no staff
            mine = ["brand"]  # "The vendor was founded in 2021", behind a sentence about its product
        event = bound is not None and bound.concept in _EVENTS
        if not event and "past" in scene.scope.at(value.start):
            continue
        _weigh(scene, value, bound, mine[0])


def _owners(scene: Scene, value: Value, bound: Bound | None, low: int, high: int) -> list[str]:
    """Whose value it is. A second value behind one trigger belongs to the name before it: "A costs £5, B £7"."""
    turned = in_turn(scene.unit, scene.plain, value.start)
    if turned is not None:
        return [turned]
    if value.kind == "money" and scene.unit.owner is None:  # "for the Starter 468 € and for the Pro 1,068 €"
        ends = [one.end for one in scene.unit.values if one.kind == "money" and one.end <= value.start]
        since = max(ends, default=scene.unit.start)
        named = [one for one in scene.unit.mentions if since <= one.start and one.end <= value.start]
        if len(named) == 1 and named[0].role == "product":
            return [owner_key(named[0])]
    if bound is not None and bound.end <= value.start and scene.unit.owner is None:
        kind = value_type(value)
        earlier = [
            one
            for one in scene.unit.values
            if value_type(one) == kind and bound.end <= one.start < value.start and one.written not in UNPRICED
        ]
        if earlier:
            between = [one for one in scene.unit.mentions if earlier[-1].end <= one.start < value.start]
            if between:
                return [owner_key(between[-1])]
            if value.kind == "money" and not _told_apart(scene, earlier[-1], value):
                return ["other"]
    return owners_of(scene.unit, scene.plain, low, high, value_end=value.end)


def _told_apart(scene: Scene, first: Value, second: Value) -> bool:
    """Whether words of a fact's subject stand between two amounts, or nothing but a joint: "£49 or £490"."""
    gap = [stem(token.word) for token in scene.unit.tokens if first.end <= token.start < second.start]
    named = any(set(gap) & probe.qualifiers for probe in scene.probes)
    return (
        named
        or len(gap) <= 2
        or _beside(scene, first, second)
        or "denied" in scene.scope.at(first.start)
        or is_denied(scene.scope, scene.folded, first.start)
    )


def _nouns_end(scene: Scene, value: Value) -> int | None:
    """Where the words end that a count counts."""
    if value.kind != "count" or not value.nouns:
        return None
    behind = [token for token in scene.unit.tokens if token.start >= value.end][: len(value.nouns) + 2]
    return next((token.end for token in reversed(behind) if stem(token.word) in value.nouns), None)


def _weigh(scene: Scene, value: Value, bound: Bound | None, owner: str) -> None:
    denied = is_denied(scene.scope, scene.folded, value.start)
    if value.written in WEIGHED and value.kind == "money" and any(hit.name == "weight" for hit in scene.unit.hits):
        return  # "weighs 16 pounds"
    priced = any(one.kind == "money" and one.start == value.start for one in scene.unit.values)
    if value.kind == "measure" and priced and any(hit.name == "price" for hit in scene.unit.hits):
        return  # "costs seven pounds"
    candidates = facts_for(scene, value, bound, owner)
    if not candidates and value.kind == "count" and (not value.nouns or value.relation in ("min", "range")):
        value, candidates = _with_unit(scene, value, owner)
    if not candidates:
        if (
            bound is not None
            and not denied
            and bound.concept not in _UNCHECKED
            and not any(probe.sort == "amount" and probe.concept == bound.concept for probe in scene.probes)
        ):
            scene.add("unknown", value.start, value.end)
        return
    exactly = replace(value, relation="exact") if value.kind == "money" and starts_low(scene, value) else value
    verdicts: list[tuple[Comparison, Probe]] = [
        (compare(exactly, probe.value), probe) for probe in candidates if probe.value is not None
    ]
    matched = [probe for verdict, probe in verdicts if verdict == "match"]
    if denied:
        exact = value.relation == "exact" and value.high is None
        alone = not any(hit.start > value.end for hit in scene.scope.contrasts) or bound is None
        told = bound is not None and bool(matched) and bound.concept == matched[0].concept
        near = governs(scene.scope, scene.folded, bound.start if bound and told else value.start, value.start)
        if (
            near
            and matched
            and exact
            and (alone or _other_of_kind(scene, value))
            and not any(_holds(other, matched[0]) for other in scene.unit.values if other is not value)
        ):
            scene.add("clash", value.start, value.end, matched[0], denies=True)
        return
    if value.written == "free" and not matched and bound is None and len(verdicts) > 1:
        return
    if matched:
        for probe in matched[:1]:
            scene.add("match", value.start, value.end, probe)
        return
    if any(verdict == "near" for verdict, _ in verdicts):
        scene.add("near", value.start, value.end, next(probe for verdict, probe in verdicts if verdict == "near"))
        return
    if any(
        _holds(other, verdicts[0][1])
        for other in scene.unit.values
        if other is not value and _beside(scene, value, other)
    ):
        return  # "$62 (£49)"
    if scene.unit.cell > 0 and any(
        _holds(one, verdicts[0][1]) for one in read_sentence(scene.unit.lead_text).unit.values
    ):
        return  # "2 tickets at €36.50 | €73"
    same = [probe for verdict, probe in verdicts if verdict == "clash" and _same_digits(value, probe)]
    if len({probe.fact_id for probe in same}) == 1:
        scene.add("clash", value.start, value.end, same[0])
        return  # "189 €" for 189 kroner, "per stay" for a night
    if len(verdicts) > 1 and not starts_low(scene, value):
        return
    probe = min(verdicts, key=lambda entry: _size(entry[1]))[1]
    if value.kind == "money" and another_variant(scene, _reach(scene, value), probe.words | probe.qualifiers):
        return
    if not is_of_something_else(scene, value, probe) and not _is_dated(scene, value):
        scene.add("clash", value.start, value.end, probe)


def _with_unit(scene: Scene, value: Value, owner: str) -> tuple[Value, list[Probe]]:
    """ "the minimum age is 16": a bare number under a fact's own words has the fact's unit."""
    for probe in scene.probes:
        true = probe.value
        amount = re.match(r"[\d.]+", probe.actual)
        if (
            true is None
            or true.kind != "measure"
            or not amount
            or not probe.topic
            or probe.subject not in (None, owner)
        ):
            continue
        aged = (
            "~age" in probe.topic
            and value.relation in (("min", "range") if true.high is not None else ("min",))
            and _AGES[0] <= value.readings[0] <= _AGES[1]
            and not any(map(is_sense, value.nouns))
        )
        if ((probe.topic <= scene.unit.stems and not value.nouns) or aged) and float(amount[0].rstrip(".") or 0):
            factor = true.readings[0] / float(amount[0].rstrip("."))
            readings = tuple(one * factor for one in value.readings)
            high = None if value.high is None else value.high * factor
            return replace(value, kind="measure", readings=readings, high=high, unit=true.unit), [probe]
    return value, []


def _reach(scene: Scene, value: Value) -> tuple[int, int]:
    """From the figure of its kind before a value to a little behind it: what tells what it is the price of."""
    ends = [one.end for one in scene.unit.values if one.kind == value.kind and one.end <= value.start]
    stop = re.search(r"[;,.:(]", scene.folded[value.end : value.end + _BESIDE])
    return max(ends, default=scene.unit.start), value.end + (stop.start() if stop else _BESIDE)


def _is_dated(scene: Scene, value: Value) -> bool:
    """ "beschäftigte 2005 nur 80 Leute": a count or price of a year long past."""
    if value.kind not in ("count", "money"):
        return False
    for other in scene.unit.values:
        gap = scene.folded[min(other.end, value.end) : max(other.start, value.start)]
        if other.kind == "year" and other.readings[0] < RECENT and len(gap) <= _BESIDE and not re.search(r"[,;(]", gap):
            bound = bind(scene.unit, scene.folded, "year", other.start, other.end)
            if bound is None or bound.concept not in _EVENTS:
                return True
    return False


def _size(probe: Probe) -> float:
    return probe.value.readings[0] if probe.value is not None else 0.0


def _same_digits(value: Value, probe: Probe) -> bool:
    true = probe.value
    return true is not None and value.kind == "money" and value.readings[0] == true.readings[0]


def _holds(value: Value, probe: Probe) -> bool:
    return (
        probe.value is not None
        and value.kind == probe.value.kind
        and value.unit == (probe.value.unit or value.unit)
        and compare(value, probe.value) == "match"
    )


def _beside(scene: Scene, value: Value, other: Value) -> bool:
    """Whether two values are the same thing said twice: in brackets, with "or" or a slash between."""
    first, second = sorted((value, other), key=lambda one: one.start)
    gap = scene.folded[first.end : second.start]
    return (
        len(gap) <= 40
        and re.search(
            r"\(|\bor\b|/|=|\babout\b|equivalent|i\.e\.|,? which (?:is|works out)|umgerechnet|soit|o sea|entspricht",
            gap,
        )
        is not None
    )


def _other_of_kind(scene: Scene, value: Value) -> bool:
    return any(other.kind == value.kind and other.start > value.end for other in scene.unit.values)
