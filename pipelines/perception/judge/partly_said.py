""" "All" held against "half of", "mostly" and "not every": "all coffees are organic", "about 70 % of the coffee is organic".

A fact that is about all of a kind is contradicted where its own predicate is said of a part. A part that is only spoken
of ("half of its organic coffee comes from Peru") is none.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import Hit, finder
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope_east import EAST
from pipelines.perception.judge.scope_marks import UNTRUE
from pipelines.perception.judge.senses import is_sense, stems_of
from pipelines.perception.judge.stances import clause_of
from pipelines.perception.judge.stated_guards import is_mine
from pipelines.perception.judge.verdicts import Scene

_ALL = re.compile(r"\b(?:all|every|each|only|exclusively|entirely)\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|comes? from|uses?|bakes?|holds?|have|has|sells?|contains?|works?) (?:only |exclusively |entirely |all |certified )*"
)
_COPULA = re.compile(
    r"\b(?:is|are|be|uses?|comes?|holds?|sind|ist|tragt|tragen|stammt|est|sont|porte|es|son|esta|estan|e|sono|zijn|sao|sa|jest)\b|\u306f|\u304c|\u662f"
)
_WHOLE = 100
_FEWEST = 1
_RIGHT_BEFORE = 12


def predicate_of(folded: str, stems: list[tuple[str, int]]) -> frozenset[str]:
    """What a statement says of all of a kind: its words behind the verb. Empty where it speaks of no whole."""
    verb = _VERB.search(folded)
    if verb is None or not _ALL.search(folded):
        return frozenset()
    return frozenset(said for said, place in stems if place >= verb.end())


def weigh_partly(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.sort == "whole"]
    if not probes or UNTRUE.search(scene.folded, scene.unit.start, scene.unit.end):
        return
    unit = scene.unit
    parts = finder("relations", scene.language, "partly", "conventional").find(
        unit.tokens, scene.folded, start=unit.start, end=unit.end
    )
    parts += [
        Hit("partly", one.start, one.end) for one in unit.values if one.kind == "percent" and max(one.readings) < _WHOLE
    ]
    for probe in probes:
        hit = _said_of_a_part(scene, probe, parts)
        if hit is not None and is_mine(scene, (hit.start, hit.end), probe):
            scene.add("clash", hit.start, hit.end, probe, denies=True)


def _said_of_a_part(scene: Scene, probe: Probe, parts: list[Hit]) -> Hit | None:
    wanted = probe.words if probe.language == scene.language else {word for word in probe.words if is_sense(word)}
    if len(wanted) * 2 < len(probe.words):
        return None
    for hit in parts:
        low, high = clause_of(scene, hit)
        if any(0 <= hit.start - one.end < _RIGHT_BEFORE for one in scene.scope.negators):
            continue  # "not just a part"
        if scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start):
            continue
        said = [
            (stem, token) for stem, token in stems_of(scene.unit.tokens) if low <= token.start < high and stem in wanted
        ]
        if hit.name == "conventional":
            if "~organic" in probe.words and _shares_subject(scene, probe):
                return hit
            continue
        if len({stem for stem, _ in said}) * 2 < max(_FEWEST, len(wanted)) or not said:
            continue
        copula = [
            match.start()
            for match in _COPULA.finditer(scene.folded, low, high)
            if match[0] != "e" or scene.plain.text[match.start()] in "éèÈÉ"  # "e" alone is "and"
        ]
        last = said[-1][1]
        if scene.language in EAST or any(place < last.start for place in copula):
            return hit
    return None


def _shares_subject(scene: Scene, probe: Probe) -> bool:
    return not probe.nouns or bool(probe.nouns & scene.unit.stems)
