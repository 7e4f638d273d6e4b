"""Which facts a value in a sentence is about: by its concept, by the words around it, and by whose value it is."""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.anchors import anchored
from pipelines.perception.judge.binding import LIMIT, SPLIT, Bound, value_type
from pipelines.perception.judge.elsewhere import is_spent, words_of
from pipelines.perception.judge.lexicon import concepts, tokens_of, word_set
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.products_said import of_unnamed_product, product_words
from pipelines.perception.judge.senses import is_sense, stem, stems_of
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.values import UNPRICED, Value
from pipelines.perception.judge.verdicts import Scene

_TIERS = re.compile(
    r"\b(?:Pro|Premium|Plus|Business|Enterprise|Basic|Starter|Team|Teams|Advanced|Ultimate|Professional|Family|Student|Standard|Growth|Scale|Essential|Essentials|Lite|Individual|Solo|Duo|Unlimited|Max|Mini)\b"
)
_FROM = re.compile(
    r"(?:\b(?:from|starts? at|starting at|start at|starts from|ab|a partir de|des|desde|a partire da|vanaf|beginn(?:t|en) bei|parte da|entry)\b[^\d]{0,14}|起|から)$"
)
_AGED = re.compile(
    r"\b(?:ab|aged?|from|under|over|unter|uber|mindestens|at least|minimum|a partir de|des|desde|a partire da|dagli|dai|vanaf|od|powyzej|ponizej|erst|until|older than|younger than)(?: (?:los|les|dos|dagli|dai|the age of|einem alter von|age|von))? $"
)
_TELLING = {"sound", "energy", "charge", "power", "speed", "area", "data"}  # kinds of which a product has one
_LABEL_REACH = 40
_LEAST_ORDER = re.compile(r"\b(?:mindestbestell|mindestauftrag|minimumbestel|minimale bestel)\w*")
_AGED_BEHIND = re.compile(
    r"[ -](?:old\b|or (?:older|over|above)|and (?:over|older|above|up)|alt\b|oder alter|et plus|revolus|o mas|de edad|o piu|compiuti|of ouder|oud\b|ou mais|de idade)"
)
_MUST_HAVE = re.compile(
    r"\b(?:il faut avoir|avoir|hay que tener|tener|bisogna avere|avere|e preciso ter|ter|miec)(?: (?:au moins|al menos|como minimo|almeno|pelo menos|no minimo|co najmniej|ukonczone))? $"
)
_TRIED = {"trial", "returns"}  # "120 nights to try it" is both


def facts_for(scene: Scene, value: Value, bound: Bound | None, owner: str) -> list[Probe]:
    """The facts that a value may support or contradict."""
    candidates = [probe for probe in scene.probes if _speaks_of(scene, probe, value, bound, owner)]
    found = _of_subject(scene, candidates, value, owner)
    if owner == "brand" and value.kind == "money" and value.written not in UNPRICED and bound is not None:
        found = of_unnamed_product(scene, candidates, value, bound) or found
    return found or anchored(scene, value, bound, owner)


def starts_low(scene: Scene, value: Value) -> bool:
    """ "from £49": the lowest of several."""
    return _FROM.search(scene.folded, max(scene.unit.start, value.start - 24), value.start) is not None


def counted(scene: Scene, value: Value) -> set[str]:
    """What a count counts: the words behind it, or its label's ("Dealers: 130")."""
    return set(value.nouns) or _label(scene, value)


def _speaks_of(scene: Scene, probe: Probe, value: Value, bound: Bound | None, owner: str) -> bool:
    """Whether a fact is about what this value is said of."""
    true = probe.value
    if probe.sort != "amount" or true is None or true.kind != value.kind:
        return False
    if true.kind == "measure" and true.unit != value.unit:
        return False
    if value.kind == "count":
        return _counts_the_same(scene, probe, value, bound)
    if value.kind == "money" and "~free" in probe.words and {"~delivery", "~returns", "~threshold"} & probe.words:
        return is_spent(scene, value)
    if value.written in UNPRICED or true.written in UNPRICED:
        return _speaks_of_free(scene, probe, value)
    if probe.concept is not None and not _shares_qualifier(scene, probe, value):
        return False
    least = {"~minimum", "~order"}
    if value.kind == "money" and least <= probe.topic:
        near = _near(scene, value)
        whole = _LEAST_ORDER.search(scene.folded, scene.unit.start, value.start) is not None
        return whole or least <= near | (scene.unit.stems if len(scene.unit.values) == 1 else set())
    if probe.concept is not None and bound is not None:
        kin = {probe.concept, bound.concept} == _TRIED and not any(one.concept == bound.concept for one in scene.probes)
        return probe.concept == bound.concept or kin or (bound.concept == "delivery" and "~delivery" in probe.topic)
    if probe.concept is not None:
        return bound is None and (
            _is_alone(scene, probe, value, owner)
            or _only_share(scene, probe, value, owner)
            or (_shares_words(scene, probe, need=2) and _shares_topic(scene, probe))
        )
    told = bound is not None and any(
        one.concept == bound.concept and one.value is not None and value_type(one.value) == value_type(value)
        for one in scene.probes
    )
    if bound is not None and told and bound.concept not in ("price", "products", "launched", "dimensions"):
        return _shares_words(scene, probe, need=3) and _shares_near(scene, probe, value)
    return _shares_near(scene, probe, value)


def _shares_topic(scene: Scene, probe: Probe) -> bool:
    """Whether any known word of a predicate is said: "a month before departure" tells no term of cancellation."""
    known = {word for word in probe.topic if is_sense(word)}
    return not known or bool(known & scene.unit.stems)


def _shares_qualifier(scene: Scene, probe: Probe, value: Value) -> bool:
    """A warranty on batteries is not just any warranty: what a predicate says beside its concept has to be said too."""
    if value.kind == "money":
        return True
    needed = {word for word in probe.qualifiers & probe.topic if is_sense(word) or probe.language == scene.language}
    return not needed or bool(needed & (_near(scene, value) | scene.unit.stems))


def _is_alone(scene: Scene, probe: Probe, value: Value, owner: str) -> bool:
    """Whether a value without a telling word can be nothing else: "Lantern Pro: €29", "at 12 kg, the Lantern Pro …"."""
    if value.kind == "money":
        named = probe.subject is not None and probe.subject == owner
        about = {word for word in probe.qualifiers if is_sense(word)}
        periodic = value.period is not None and probe.value is not None and value.period == probe.value.period
        alone = (
            periodic
            and probe.subject is None
            and len({one.fact_id for one in scene.probes if one.value and one.value.kind == "money"}) == 1
        )
        return named or alone or (bool(about) and about == probe.qualifiers and about <= _near(scene, value))
    if value.kind != "measure" or value.unit == "duration" or (probe.subject or "brand") != owner:
        return False
    if probe.subject is None and not any(is_sense(word) for word in probe.words & _near(scene, value)):
        return False
    alike = [one for one in scene.probes if one.value is not None and one.value.unit == value.unit]
    return len({one.fact_id for one in alike if one.subject == owner}) == 1


def _only_share(scene: Scene, probe: Probe, value: Value, owner: str) -> bool:
    """A share of the brand's where it has one on record."""
    alike = {one.fact_id for one in scene.probes if one.value is not None and one.value.kind == "percent"}
    return (
        value.kind == "percent" and len(alike) == 1 and owner in ("brand", probe.subject) and value.relation == "exact"
    )


def _speaks_of_free(scene: Scene, probe: Probe, value: Value) -> bool:
    """Whether "free" or a price is said of a fact that gives a price or says "free"."""
    priced = [one for one in scene.unit.values if one.kind == "money" and one.written not in UNPRICED]
    tried = any(hit.name in ("trial", "free_plan") for hit in scene.unit.hits) or bool(
        {"~test", "~trial"} & scene.unit.stems
    )
    if value.written in UNPRICED and (priced or tried or "~free" in probe.words or "~free" in probe.topic):
        return (
            probe.value is not None
            and probe.value.written == "free"
            and not priced
            and _shares_near(scene, probe, value)
        )
    if value.written == "paid" and probe.value is not None and probe.value.written != "free":
        return False
    return _shares_near(scene, probe, value)


def _counts_the_same(scene: Scene, probe: Probe, value: Value, bound: Bound | None) -> bool:
    nouns = counted(scene, value)
    shared = probe.nouns & nouns
    if value.nouns[:1] and value.nouns[0] in _times() and bound is None:
        return bool(
            {word for word in probe.topic if is_sense(word)} & _near(scene, value)
        )  # "downloaded 240,000 times"
    if probe.concept is not None and bound is not None:
        if probe.concept == bound.concept:
            led = bound.start == bound.end  # by a heading or an introduction alone
            return not (led and value.nouns) or bool(nouns & (probe.nouns | probe.words | words_of(probe.concept)))
        alike = concepts()[probe.concept].takes == concepts()[bound.concept].takes
        return (bool(shared) and (bound.cost > -20 if alike else False)) or value.nouns[:1] in [
            (one,) for one in probe.nouns if is_sense(one)
        ]
    senses = {word for word in probe.topic if is_sense(word)} - {stem("minimum"), stem("size"), stem("number")}
    if bound is None and "~people" in nouns and senses and senses <= scene.unit.stems and probe.nouns:
        return True  # "groups of up to 24 people" of at most 12 travellers
    if bound is None and LIMIT.search(scene.folded, max(scene.unit.start, value.start - 24), value.start):
        return bool(shared) and not {"~staff", "~customer", "~people"} & nouns  # "for 50 employees it comes to …"
    if shared and (probe.nouns <= nouns or len(shared) * 2 >= min(len(probe.nouns), 2)):
        return True
    if probe.concept is not None:
        return bool(shared)
    if bound is not None:
        return not nouns and _shares_words(scene, probe, need=3)
    return not value.nouns and _shares_words(scene, probe, need=2)


@cache
def _times() -> frozenset[str]:
    words = ("times", "mal", "fois", "veces", "volte", "keer", "vezes", "razy")
    return frozenset(stem(word) for word in words)


def _label(scene: Scene, value: Value) -> set[str]:
    """Stems of the label that a value stands under: before a colon, or the cell's row and column."""
    unit = scene.unit
    if value.start - unit.start >= _LABEL_REACH:
        return set()
    before = scene.folded[unit.start : value.start]
    found = {said for said, _ in stems_of(tokens_of(scene.folded, unit.start, value.start))} if ":" in before else set()
    if not found and value.start - unit.start < 24:
        found = {said for said, _ in stems_of(tokens_of(scene.folded, unit.start, value.start))}
        found |= {said for said, _ in stems_of(tokens_of(fold(unit.lead_text)))}
    return found


def _near(scene: Scene, value: Value) -> set[str]:
    """Stems between the values of its kind on both sides, and of what the sentence stands under."""
    unit = scene.unit
    others = [one for one in unit.values if value_type(one) == value_type(value) and one.start != value.start]
    low = max((one.end for one in others if one.end <= value.start), default=unit.start)
    high = min((one.start for one in others if one.start >= value.end), default=unit.end)
    found = {said for said, token in stems_of(unit.tokens) if low <= token.start < high}
    if value.unit == "duration" and (
        _AGED.search(scene.folded, max(unit.start, value.start - 24), value.start)
        or _AGED_BEHIND.match(scene.folded, value.end, unit.end)
        or _MUST_HAVE.search(scene.folded, max(unit.start, value.start - 36), value.start)
    ):
        found.add("~age")
    return found | {said for said, _ in stems_of(tokens_of(fold(unit.lead_text)))}


def _shares_near(scene: Scene, probe: Probe, value: Value) -> bool:
    """Whether the words around a value are those that the fact is told in."""
    if not probe.words:
        return False
    here = _near(scene, value)
    telling = probe.topic - {stem(word) for word in word_set("filler", "measured")}
    if telling and telling <= here and probe.language == scene.language and value.kind != "money":
        return True
    topic = probe.topic & here
    half = len(topic) * 2 >= len(probe.topic) + (value.kind == "money")
    if topic and (probe.topic <= here or (half and any(map(is_sense, topic)))):
        return True
    known = probe.words if probe.language == scene.language else {word for word in probe.words if is_sense(word)}
    shared = probe.words & here
    return bool(shared) and len(shared) * 2 >= len(known)


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
    if value.written in UNPRICED and len(candidates) == 1:
        return candidates if candidates[0].subject in (None, owner) else []
    if owner.startswith("product:"):
        own = [probe for probe in candidates if probe.subject == owner]
        periodic = [probe for probe in own if value.period and probe.value and probe.value.period == value.period]
        if len({probe.fact_id for probe in periodic}) == 1:
            return periodic
        if own:
            return (
                (_by_qualifiers(scene, own, value, owner) or own) if len({probe.fact_id for probe in own}) > 1 else own
            )
        general = [probe for probe in candidates if probe.subject is None]
        if value.kind == "money" or any(probe.subject for probe in candidates):
            return [probe for probe in general if probe.qualifiers & product_words(owner)]
        return general
    if value.kind != "money" and not any(probe.subject for probe in candidates):
        if len(candidates) < 2:
            return candidates
        return _by_qualifiers(scene, candidates, value) or [probe for probe in candidates if not probe.qualifiers]
    fitting = _by_qualifiers(scene, candidates, value)
    if fitting:
        return fitting
    if starts_low(scene, value) or (value.kind == "money" and len({probe.fact_id for probe in candidates}) > 1):
        return candidates
    plain_ones = [probe for probe in candidates if not probe.qualifiers and probe.subject is None]
    if plain_ones and not _names_tier(scene, value):
        return plain_ones
    if value.kind == "money" and (alone := _only_price_abroad(scene, candidates, value)):
        return alone
    if value.kind != "money":
        named = scene.products or {scene.unit.topic}
        return [probe for probe in candidates if probe.subject is None or named <= {probe.subject}]
    return [
        probe
        for probe in candidates
        if probe.subject is None and not probe.qualifiers and not _names_tier(scene, value)
    ]


def _only_price_abroad(scene: Scene, candidates: list[Probe], value: Value) -> list[Probe]:
    """The one price on record, when the answer's language differs from the fact's, so that its subject's words do."""
    priced = {probe.fact_id for probe in scene.probes if probe.value is not None and probe.value.kind == "money"}
    probe = candidates[0]
    if len(priced) != 1 or probe.subject is not None or probe.language == scene.language or probe.value is None:
        return []
    same = probe.value.unit == value.unit and (probe.value.period == value.period or value.period is None)
    ratio = value.readings[0] / probe.value.readings[0] if probe.value.readings[0] else 0.0
    return [probe] if same and 0.4 <= ratio <= 2.5 else []


def _by_qualifiers(scene: Scene, candidates: list[Probe], value: Value, owner: str = "") -> list[Probe]:
    """The facts whose own words stand nearest to the value; all of equal rank."""
    before = [other.end for other in scene.unit.values if other.end <= value.start and other.kind == value.kind]
    floor = before[-1] if before else scene.unit.start
    for edge in SPLIT.finditer(scene.folded, floor, value.start):
        floor = edge.end()
    following = [other.start for other in scene.unit.values if other.start >= value.end and other.kind == value.kind]
    ceiling = following[0] if following and not before else min(scene.unit.end, value.end + 40)
    near = {said for said, token in stems_of(scene.unit.tokens) if floor <= token.start < ceiling}
    wide = scene.unit.stems
    if scene.unit.cell >= 0:
        near |= {said for said, _ in stems_of(tokens_of(fold(scene.unit.lead_text)))}
    named = product_words(owner) if owner else set()
    scored = []
    for probe in candidates:
        told = _told_apart(scene, probe) - named
        if told and not (
            probe.subject and probe.subject != owner and not product_words(probe.subject) <= wide | scene.brand_words
        ):
            score = len(told & near) / len(told) + 0.3 * len(told & wide) / len(told)
            scored.append((score, probe))
    best = max((score for score, _ in scored), default=0.0)
    return [probe for score, probe in scored if score >= max(best - 0.01, 0.5)]


def _told_apart(scene: Scene, probe: Probe) -> frozenset[str]:
    """What tells a fact's subject from others: in another language, those of its words that have a sense."""
    told = probe.qualifiers
    if not told and probe.subject:
        return frozenset(product_words(probe.subject) - scene.brand_words)
    known = frozenset(word for word in told if is_sense(word))
    return known if known and probe.language != scene.language and probe.subject is None else told


def _names_tier(scene: Scene, value: Value) -> bool:
    return (
        _TIERS.search(scene.plain.text, max(scene.unit.start, value.start - 60), min(scene.unit.end, value.end + 30))
        is not None
    )
