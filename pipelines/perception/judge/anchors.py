"""Which fact a value is about where no word of its topic is known: the only one of its unit, or the one with its digits.

"Con una carica completa arriva a 20 ore", where one fact of the product is in hours; "189 €", where one is 189 kroner.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.binding import Bound, is_weak, value_type
from pipelines.perception.judge.lexicon import concepts
from pipelines.perception.judge.names import owner_key
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.senses import is_sense
from pipelines.perception.judge.values import UNPRICED, Value, unit_of
from pipelines.perception.judge.verdicts import Scene

# Units of which a product has one figure; a length, a weight or a time is told of many things.
_OF_ONE = frozenset(
    {"sound", "energy", "charge", "power", "speed", "data", "volume", "area", "pressure", "temperature"}
)
_TELLING = 3  # digits that no two prices share by chance
_RATIO = 6.0  # how far a wrong time or count may be off


# "in the last two years", "a fifteen-minute walk", "24 hours a day": of the way there, of when, and of nothing else.
_ASIDE_BEFORE = re.compile(
    r"\b(?:last|first|past|next|final|every|each|letzten|ersten|nachsten|vergangenen|jeden|alle|dernier\w*|premier\w*|prochain\w*|ultim\w+|primer\w*|proxim\w+|prim[ei]|prossim\w+|laatste|eerste|volgende|elke|cada|ogni|ostatni\w*|pierwsz\w*|co) $|\b(?:figures?|numbers?|claim|cifra|zahl|angabe|wert|chiffre|cijfer|getal|numero|dato|valore|liczba|wartosc) (?:of |von |de |di |van )?$"
)
_ASIDE_BEHIND = re.compile(
    r"[ -]*(?:on |a |by |de |in |im |auf |en )?(?:walk\w*|drive|ride|away|ago|later|earlier|old\b|foot|day\b|week\b|from|north|south|east|west|fuss\w*|entfernt|am tag|taglich|pied|marche|jour\b|plus tard|andando|pie\b|dia\b|despues|piedi|giorno\b|dopo|lopen|per dag|later|eerder|pieszo|dziennie|pozniej|wczesniej|temu|徒歩)"
)


def anchored(scene: Scene, value: Value, bound: Bound | None, owner: str) -> list[Probe]:
    """The one fact that a value must be about by its digits or its unit; nothing when several could be meant."""
    if value.written in UNPRICED:
        return []
    if value.kind == "money":
        return _of_its_digits(scene, value, owner)
    if bound is not None and not is_weak(scene.folded, bound):
        return []
    if value.kind == "measure":
        return _of_its_unit(scene, value, owner)
    if value.kind == "percent":
        return _of_its_share(scene, value, owner)
    return _of_its_count(scene, value, owner) if value.kind == "count" else []


def _of_its_digits(scene: Scene, value: Value, owner: str) -> list[Probe]:
    """ "189 €" where a ticket is 189 kroner: the same figure in another currency, or for another thing."""
    same = [
        probe
        for probe in scene.probes
        if probe.sort == "amount"
        and probe.value is not None
        and probe.value.kind == "money"
        and probe.value.readings[0] == value.readings[0]
        and probe.subject in (None, owner)
    ]
    if len({probe.fact_id for probe in same}) != 1 or same[0].value is None:
        return []
    told = len(f"{value.readings[0]:g}".replace(".", "").rstrip("0")) >= _TELLING - 1
    other = value.unit != same[0].value.unit or value.bases != same[0].value.bases
    return same if told and other else []


def _alike(scene: Scene, value: Value, owner: str) -> list[Probe]:
    """The facts of a value's kind about its owner."""
    return [
        probe
        for probe in scene.probes
        if probe.sort == "amount"
        and probe.value is not None
        and value_type(probe.value) == value_type(value)
        and (probe.subject or "brand") == owner
    ]


def _of_its_unit(scene: Scene, value: Value, owner: str) -> list[Probe]:
    alike = _alike(scene, value, owner)
    if value.unit == "duration":
        alike = [probe for probe in alike if _one_scale(value, probe.value)]
    if len({probe.fact_id for probe in alike}) != 1:
        return []
    if value.unit in _OF_ONE:
        return alike
    sure = owner in _named(scene) or (owner.startswith("product:") and scene.unit.topic == owner)
    told = any(value_type(value) in concepts()[hit.name].takes for hit in scene.unit.hits)
    if owner == "brand" and value.unit == "duration":  # a company's years and days are of many things
        foreign = alike[0].language != scene.language
        told = bool(scene.unit.hits) if foreign else not alike[0].words & scene.unit.stems
    aside = _ASIDE_BEFORE.search(scene.folded, max(scene.unit.start, value.start - 20), value.start) or (
        _ASIDE_BEHIND.match(scene.folded, value.end, scene.unit.end)
    )
    return alike if sure and not told and not aside and _near(value, alike[0].value) else []


def _of_its_share(scene: Scene, value: Value, owner: str) -> list[Probe]:
    """ "zawiera 60 % arabiki": the one share of a product, where nothing grows and nothing is taken off."""
    told = any("percent" in concepts()[hit.name].takes for hit in scene.unit.hits)
    alike = _alike(scene, value, owner)
    sure = owner.startswith("product:") and owner in _named(scene) and value.relation == "exact" and not told
    return alike if sure and len({probe.fact_id for probe in alike}) == 1 else []


def _of_its_count(scene: Scene, value: Value, owner: str) -> list[Probe]:
    """ "bevat 24 zakjes zaad": what a product holds, in words of another language that nobody knows."""
    alike = _alike(scene, value, owner)
    foreign = bool(alike) and alike[0].language != scene.language
    unknown = bool(value.nouns) and not any(map(is_sense, value.nouns))
    one = len({probe.fact_id for probe in alike}) == 1
    return alike if one and foreign and unknown and owner in _named(scene) and _near(value, alike[0].value) else []


def _named(scene: Scene) -> set[str]:
    """Whom the sentence itself names."""
    return {owner_key(mention) for mention in scene.unit.mentions}


def _near(value: Value, true: Value | None) -> bool:
    """Whether a figure is of the fact's size, so that one may be meant for the other."""
    if true is None or not value.readings[0] or not true.readings[0]:
        return False
    ratio = value.readings[0] / true.readings[0]
    return 1 / _RATIO <= ratio <= _RATIO


def _one_scale(value: Value, true: Value | None) -> bool:
    """Hours are held against hours and nights against nights, not against days."""
    return true is not None and unit_of(value.written) == unit_of(true.written)
