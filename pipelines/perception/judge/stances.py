"""Claims without a value: "has a mobile app", "is not vegan", "does not offer a free trial".

A fact that is yes or no is contradicted by a sentence about the brand that names its thing with the other polarity. A
fact that gives a figure implies that its thing exists, so only a denial of the thing speaks against it.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import Hit, concepts
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.verdicts import Scene

_NONE_OF = re.compile(
    r"(?:\bno|\bnot (?:offer|provide|have|include|give) (?:an?|any)|\bwithout an?|\bkeine?n?|\bpas de|\bpas d'|\bningun[ao]?|\bno (?:ofrece|tiene|hay)|\bnon (?:offre|ha|c'e)|\bgeen|\bnao (?:oferece|tem|ha)|\bsem) (?:[\w-]+ ){0,2}$"
)


def weigh_stances(scene: Scene) -> None:
    for probe in scene.probes:
        if probe.sort == "flag":
            _flag(scene, probe)
        elif probe.sort == "gist":
            _gist(scene, probe)
        elif probe.sort == "amount" and probe.concept is not None and "bool" in concepts()[probe.concept].takes:
            _existence(scene, probe)


def _flag(scene: Scene, probe: Probe) -> None:
    hit = _told(scene, probe)
    if hit is None or scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start):
        return
    if not _mine(scene, hit, probe):
        return
    said = not _negative(scene, hit)
    scene.add("match" if said == probe.flag else "clash", hit.start, hit.end, probe, denies=True)


def _told(scene: Scene, probe: Probe) -> Hit | None:
    """Where the thing of a yes-or-no fact is named."""
    if probe.concept is not None:
        hits = [hit for hit in scene.unit.hits if hit.name == probe.concept]
        if not hits:
            return None
        if (
            probe.language == scene.language
            and probe.words
            and len(probe.words & scene.unit.stems) * 2 < len(probe.words)
        ):
            return None
        return hits[0]
    if probe.language != scene.language or not probe.words:
        return None
    shared = probe.words & scene.unit.stems
    if len(shared) < min(2, len(probe.words)) or len(shared) * 3 < len(probe.words) * 2:
        return None
    places = [token for token in scene.unit.tokens if stem(token.word) in shared]
    return Hit("", places[0].start, places[-1].end) if places else None


def _negative(scene: Scene, hit: Hit) -> bool:
    """Whether the clause around a thing denies it, before it or, as German does, behind."""
    clause_low, clause_high = _clause(scene, hit)
    return any(
        clause_low <= negator.start < clause_high and not _is_aside(scene, negator, hit)
        for negator in scene.scope.negators
    ) or "denied" in scene.scope.at(hit.start)


def _is_aside(scene: Scene, negator: Hit, hit: Hit) -> bool:
    """ "may borrow bicycles without paying a cent": what comes behind "without" is denied, not what stands before it."""
    return scene.folded[negator.start : negator.end] in _WITHOUT and negator.start >= hit.start


_WITHOUT = {"without", "ohne", "sans", "sin", "senza", "zonder", "sem"}
_EDGE = re.compile(
    r"[;()]| - |, (?:and|but|which|who|while|whereas|so|although|though|und|aber|sondern|et|mais|y|pero|e|ma|en|maar|mas|it|it's)\b|\b(?:but|sondern|aber|mais|pero|sino|maar|however|whereas|while)\b"
)


def _clause(scene: Scene, hit: Hit) -> tuple[int, int]:
    low, high = scene.unit.start, scene.unit.end
    for edge in _EDGE.finditer(scene.folded, scene.unit.start, hit.start):
        low = edge.end()
    following = _EDGE.search(scene.folded, hit.end, scene.unit.end)
    return low, following.start() if following else high


def _existence(scene: Scene, probe: Probe) -> None:
    for hit in scene.unit.hits:
        if hit.name != probe.concept or scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start):
            continue
        if _NONE_OF.search(scene.folded[max(scene.unit.start, hit.start - 40) : hit.start]) and _mine(
            scene, hit, probe
        ):
            low, high = _clause(scene, hit)
            if not any(low <= value.start < high for value in scene.unit.values):
                scene.add("clash", hit.start, hit.end, probe, denies=True)
                return


def _gist(scene: Scene, probe: Probe) -> None:
    hit = _told(scene, probe) if probe.concept is None else None
    if (
        hit is None
        or scene.scope.silent(hit.start)
        or "past" in scene.scope.at(hit.start)
        or not _mine(scene, hit, probe)
    ):
        return
    shared = len(probe.words & scene.unit.stems)
    said = not _negative(scene, hit)
    if said == probe.flag and shared * 5 >= len(probe.words) * 4:
        scene.add("match", hit.start, hit.end, probe)
    elif said != probe.flag and shared * 4 >= len(probe.words) * 3:
        scene.add("clash", hit.start, hit.end, probe, denies=True)


def _mine(scene: Scene, hit: Hit, probe: Probe) -> bool:
    return is_ours(owners_of(scene.unit, scene.plain, hit.start, hit.end), probe.subject)
