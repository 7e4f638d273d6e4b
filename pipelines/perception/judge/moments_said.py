"""Claims with a time of day, a weekday or a day of the year, against the facts that hold one: opening hours, deadlines.

Such facts have no concept of their own: a claim speaks of one when the words around it, in any language, are the fact's.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import tokens_of
from pipelines.perception.judge.moments import ALL_DAY, Moment
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.verdicts import Outcome, Scene

FEW = 3  # more days than these are those on which something is open, unless their clause says otherwise
OPEN, CLOSED = "~open", "~close"
_EDGE = re.compile(r"[;:()]| - |, |\b(?:and|und|et|y|e|en|but|aber|mais|pero|ma|maar|mas|oraz|while|whereas)\b")
_ENDS = re.compile(r"(?:until|till|bis|jusqu'a|hasta|fino alle|tot|ate|do|closes? at|by|before|letzt\w*|last) $")


def weigh_moments(scene: Scene) -> None:
    for moment in scene.unit.moments:
        probes = [
            probe
            for probe in scene.probes
            if probe.moment is not None
            and probe.moment.kind == moment.kind
            and _speaks_of(scene, probe, moment)
            and _is_mine(scene, moment, probe)
        ]
        if not probes or scene.scope.silent(moment.start) or "past" in scene.scope.at(moment.start):
            continue
        outcomes = [(_weigh(scene, moment, probe), probe) for probe in probes]
        order = ("match", "near", "clash")
        best = min(outcomes, key=lambda one: order.index(one[0]))
        scene.add(best[0], moment.start, moment.end, best[1])


def _is_mine(scene: Scene, moment: Moment, probe: Probe) -> bool:
    owners = owners_of(scene.unit, scene.plain, moment.start, moment.end, value_end=moment.end)
    return is_ours(owners, probe.subject)


def _around(scene: Scene, moment: Moment) -> set[str]:
    """The stems of the clause that holds a moment; of the whole sentence and its label where it holds only one."""
    unit = scene.unit
    if sum(one.kind == moment.kind for one in unit.moments) == 1:
        return _one_topic(unit.stems)
    low, high = unit.start, unit.end
    for edge in _EDGE.finditer(scene.folded, unit.start, moment.start):
        low = edge.end()
    following = _EDGE.search(scene.folded, moment.end, unit.end)
    high = following.start() if following else high
    near = {said for said, token in stems_of(unit.tokens) if low <= token.start < high}
    if not _one_topic(near) - {said for said, _ in stems_of(tokens_of(scene.folded, moment.start, moment.end))}:
        near |= unit.stems
    return _one_topic(near | {said for said, _ in stems_of(tokens_of(unit.lead_text))})


def _one_topic(stems: set[str] | frozenset[str]) -> set[str]:
    """Open and closed are two ends of one thing."""
    return {OPEN if said == CLOSED else said for said in stems}


def _speaks_of(scene: Scene, probe: Probe, moment: Moment) -> bool:
    wanted = _one_topic(probe.words)
    if not wanted:
        return False
    shared = wanted & _around(scene, moment)
    others = shared - {OPEN}
    return bool(shared) and len(shared) * 2 >= len(wanted) and (bool(others) or len(wanted) <= 2)


def _weigh(scene: Scene, moment: Moment, probe: Probe) -> Outcome:
    true = probe.moment
    denied = is_denied(scene.scope, scene.folded, moment.start)
    if true is None:
        return "near"
    if moment.kind == "weekday":
        return _weigh_days(scene, moment, true, probe, denied=denied)
    if denied:
        return "near"
    if moment.kind == "date":
        return "match" if moment.readings == true.readings else "clash"
    return _weigh_clock(scene, moment, true)


def _weigh_clock(scene: Scene, said: Moment, true: Moment) -> Outcome:
    begins, ends = said.readings[0], said.high
    if true.high is None:
        return "match" if true.readings[0] in (begins, ends) and ends != ALL_DAY else "clash"
    if ends is not None:
        return "match" if (begins, ends) == (true.readings[0], true.high) else "clash"
    if _ENDS.search(scene.folded, max(scene.unit.start, said.start - 16), said.start) or CLOSED in scene.unit.stems:
        return "match" if begins == true.high and true.high != ALL_DAY else "clash"
    return "match" if begins == true.readings[0] and true.high != ALL_DAY else "clash"


def _weigh_days(scene: Scene, said: Moment, true: Moment, probe: Probe, *, denied: bool) -> Outcome:
    """Days against days: what is open on some is closed on the others."""
    claimed, actual = set(said.readings), set(true.readings)
    if OPEN not in _one_topic(probe.words):
        if denied:
            return "near" if claimed != actual else "clash"
        return "match" if claimed == actual else "near" if claimed < actual else "clash"
    near = _near_stems(scene, said, alone=denied)
    if denied and not near & {OPEN, CLOSED}:
        return "near"  # "don't come on a Monday"
    closed = (CLOSED in near) != denied
    if CLOSED in probe.words:
        if closed:
            if probe.closed:
                return "match" if actual == claimed else "clash"
            return "match" if actual <= claimed else "clash" if not claimed & actual else "near"
        return "clash" if claimed & actual else "match" if len(claimed) > 4 else "near"
    if closed:
        return "clash" if claimed & actual else "near"
    return "match" if claimed == actual else "near" if claimed < actual and len(claimed) <= FEW else "clash"


def _near_stems(scene: Scene, moment: Moment, *, alone: bool) -> set[str]:
    low, high = scene.unit.start, scene.unit.end
    for edge in _EDGE.finditer(scene.folded, low, moment.start):
        low = edge.end()
    following = _EDGE.search(scene.folded, moment.end, high)
    high = following.start() if following else high
    found = {said for said, token in stems_of(scene.unit.tokens) if low <= token.start < high}
    if not alone and not found & {OPEN, CLOSED} and len(moment.readings) <= FEW:
        found = set(scene.unit.stems)
    return found
