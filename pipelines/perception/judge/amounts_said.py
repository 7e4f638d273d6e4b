"""Claims with a number: years, money, percent, measures and counts, each against the facts of its concept."""

from __future__ import annotations

import re

from pipelines.perception.judge.beginnings import is_founding
from pipelines.perception.judge.binding import Bound, bind, value_type
from pipelines.perception.judge.compare import Verdict as Comparison
from pipelines.perception.judge.compare import compare
from pipelines.perception.judge.lexicon import concepts
from pipelines.perception.judge.names import owner_key
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.subjects import in_turn, owners_of
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Scene

_TIERS = re.compile(
    r"\b(?:Pro|Premium|Plus|Business|Enterprise|Basic|Starter|Team|Teams|Advanced|Ultimate|Professional|Family|Student|Standard|Growth|Scale|Essential|Essentials|Lite|Individual|Solo|Duo|Unlimited|Max|Mini)\b"
)
_FROM = re.compile(
    r"(?:\b(?:from|starts? at|starting at|start at|starts from|ab|a partir de|des|desde|a partire da|vanaf|beginn(?:t|en) bei|parte da|entry)\b[^\d]{0,14}|起|から)$"
)
_PARTLY = re.compile(
    r"\b(?:of which|of whom|of them|of these|including|among them|class of|group of|davon|darunter|dont|de los cuales|de las cuales|entre ellos|di cui|tra cui|waarvan|waaronder|dos quais|incluindo)"
    r"(?: \w+){0,2} $"
)
_EVENTS = {name for name, concept in concepts().items() if concept.event}
_UNCHECKED = {"reviews", "growth", "discount", "rating", "launched"}


def weigh_amounts(scene: Scene) -> None:
    for value in scene.unit.values:
        kind = value_type(value)
        bound = bind(scene.unit, scene.folded, kind, value.start, value.end, nouns_end=_nouns_end(scene, value))
        low, high = (min(bound.start, value.start), max(bound.end, value.end)) if bound else (value.start, value.end)
        owners = _owners(scene, value, bound, low, high)
        mine = [owner for owner in owners if owner == "brand" or owner.startswith("product:")]
        if not mine or scene.scope.silent(value.start):
            continue
        if bound is not None and bound.concept == "founded" and value.kind == "year" and not is_founding(scene, bound):
            continue
        if value.kind == "count" and _PARTLY.search(scene.folded, max(scene.unit.start, value.start - 36), value.start):
            continue  # "of which some 400 are on show"
        event = bound is not None and bound.concept in _EVENTS
        if not event and "past" in scene.scope.at(value.start):
            continue
        _weigh(scene, value, bound, mine[0])


def _owners(scene: Scene, value: Value, bound: Bound | None, low: int, high: int) -> list[str]:
    """Whose value it is. A second value behind one trigger belongs to the name before it: "A costs £5, B £7"."""
    turned = in_turn(scene.unit, scene.plain, value.start)
    if turned is not None:
        return [turned]
    if bound is not None and bound.end <= value.start and scene.unit.owner is None:
        kind = value_type(value)
        earlier = [one for one in scene.unit.values if value_type(one) == kind and bound.end <= one.start < value.start]
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
    candidates = [probe for probe in scene.probes if _speaks_of(scene, probe, value, bound)]
    candidates = _of_subject(scene, candidates, value, owner)
    if not candidates:
        if (
            bound is not None
            and not denied
            and bound.concept not in _UNCHECKED
            and not any(probe.sort == "amount" and probe.concept == bound.concept for probe in scene.probes)
        ):
            scene.add("unknown", value.start, value.end)
        return
    verdicts: list[tuple[Comparison, Probe]] = [
        (compare(value, probe.value), probe) for probe in candidates if probe.value is not None
    ]
    matched = [probe for verdict, probe in verdicts if verdict == "match"]
    if denied:
        exact = value.relation == "exact" and value.high is None
        alone = not any(hit.start > value.end for hit in scene.scope.contrasts) or bound is None
        near = any(0 <= value.start - hit.end <= 34 for hit in scene.scope.negators) or "denied" in scene.scope.at(
            value.start
        )
        if (
            near
            and matched
            and exact
            and (alone or _other_of_kind(scene, value))
            and not any(_holds(other, matched[0]) for other in scene.unit.values if other is not value)
        ):
            scene.add("clash", value.start, value.end, matched[0], denies=True)
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
    if len(verdicts) > 1 and not _starts_low(scene, value):
        return
    scene.add("clash", value.start, value.end, min(verdicts, key=lambda entry: _size(entry[1]))[1])


def _size(probe: Probe) -> float:
    return probe.value.readings[0] if probe.value is not None else 0.0


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


def _speaks_of(scene: Scene, probe: Probe, value: Value, bound: Bound | None) -> bool:
    """Whether a fact is about what this value is said of."""
    true = probe.value
    if probe.sort != "amount" or true is None or true.kind != value.kind:
        return False
    if true.kind == "measure" and true.unit != value.unit:
        return False
    counts = true.kind == "count" and bool(probe.nouns & set(value.nouns))
    if probe.concept is not None and bound is not None:
        if probe.concept == bound.concept:
            return True
        return counts and concepts()[probe.concept].takes == concepts()[bound.concept].takes and bound.cost > -20
    if counts and len(probe.nouns & set(value.nouns)) * 2 >= min(len(probe.nouns), 2):
        return True
    if probe.concept is not None:
        return counts or (bound is None and true.kind != "count" and _shares_words(scene, probe, need=2))
    if (
        bound is not None
        and true.kind != "count"
        and bound.concept not in ("price", "products", "launched", "dimensions")
    ):
        return _shares_words(scene, probe, need=3)
    if true.kind == "count":
        label = bool(probe.nouns) and probe.nouns <= _near_before(scene, value)
        return label or (not value.nouns and _shares_words(scene, probe, need=2))
    return _shares_words(scene, probe, need=1)


def _near_before(scene: Scene, value: Value) -> set[str]:
    """Stems right before a number and in what it stands under: "Dealers: 130"."""
    found = {stem(token.word) for token in scene.unit.tokens if value.start - 24 <= token.start < value.start}
    if value.start - scene.unit.start < 24:
        found |= {stem(word) for word in fold(scene.unit.lead_text).split()}
    return found


def _shares_words(scene: Scene, probe: Probe, *, need: int) -> bool:
    """Whether the sentence and what it stands under use the fact's own words."""
    if not probe.words:
        return False
    here = scene.unit.stems
    if probe.topic and probe.topic <= here and need <= 2:
        return True
    shared = probe.words & here
    return len(shared) >= min(need, len(probe.words)) and len(shared) * (3 if need == 2 else 2) >= len(probe.words)


def _of_subject(scene: Scene, candidates: list[Probe], value: Value, owner: str) -> list[Probe]:
    """Only facts about the product or plan that this value is said of."""
    if not candidates:
        return []
    if owner.startswith("product:"):
        own = [probe for probe in candidates if probe.subject == owner]
        if own:
            return own
        general = [probe for probe in candidates if probe.subject is None]
        if value.kind == "money" or any(probe.subject for probe in candidates):
            return [probe for probe in general if probe.qualifiers & _product_words(owner)]
        return general
    if value.kind != "money" and not any(probe.subject for probe in candidates):
        return _by_qualifiers(scene, candidates, value) if len(candidates) > 1 else candidates
    fitting = _by_qualifiers(scene, candidates, value)
    if fitting:
        return fitting
    if _starts_low(scene, value) or (value.kind == "money" and len({probe.fact_id for probe in candidates}) > 1):
        return candidates
    plain_ones = [probe for probe in candidates if not probe.qualifiers and probe.subject is None]
    if plain_ones and not _names_tier(scene, value):
        return plain_ones
    if value.kind == "money" and (alone := _only_price_abroad(scene, candidates, value)):
        return alone
    if value.kind != "money":
        return [probe for probe in candidates if probe.subject is None or scene.unit.topic == probe.subject]
    return [
        probe
        for probe in candidates
        if probe.subject is None and not probe.qualifiers and not _names_tier(scene, value)
    ]


def _only_price_abroad(scene: Scene, candidates: list[Probe], value: Value) -> list[Probe]:
    """The one price on record, when the answer's language differs from the fact's, so that its subject's words do."""
    priced = {probe.fact_id for probe in scene.probes if probe.value is not None and probe.value.kind == "money"}
    probe = candidates[0]
    if len(priced) != 1 or probe.language == scene.language or probe.value is None:
        return []
    same = probe.value.unit == value.unit and (probe.value.period == value.period or value.period is None)
    ratio = value.readings[0] / probe.value.readings[0] if probe.value.readings[0] else 0.0
    return [probe] if same and 0.4 <= ratio <= 2.5 else []


def _product_words(owner: str) -> set[str]:
    return {stem(word) for word in fold(owner.partition(":")[2]).split()}


def _by_qualifiers(scene: Scene, candidates: list[Probe], value: Value) -> list[Probe]:
    """The facts whose own words stand nearest to the value; all of equal rank."""
    before = [other.end for other in scene.unit.values if other.end <= value.start and other.kind == value.kind]
    floor = before[-1] if before else scene.unit.start
    following = [other.start for other in scene.unit.values if other.start >= value.end and other.kind == value.kind]
    ceiling = following[0] if following and not before else min(scene.unit.end, value.end + 40)
    near = {stem(token.word) for token in scene.unit.tokens if floor <= token.start < ceiling}
    wide = scene.unit.stems
    scored = []
    for probe in candidates:
        if probe.qualifiers:
            score = len(probe.qualifiers & near) / len(probe.qualifiers) + 0.3 * len(probe.qualifiers & wide) / len(
                probe.qualifiers
            )
            scored.append((score, probe))
    best = max((score for score, _ in scored), default=0.0)
    return [probe for score, probe in scored if score >= max(best - 0.01, 0.5)]


def _names_tier(scene: Scene, value: Value) -> bool:
    return (
        _TIERS.search(scene.plain.text, max(scene.unit.start, value.start - 60), min(scene.unit.end, value.end + 30))
        is not None
    )


def _starts_low(scene: Scene, value: Value) -> bool:
    return _FROM.search(scene.folded, max(scene.unit.start, value.start - 24), value.start) is not None
