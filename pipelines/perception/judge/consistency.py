"""Weighs an answer's verdicts against each other: answers seldom contradict themselves.

Where an answer plainly says the true value of a fact, another value for it is a rumour that it reports, somebody
else's or an older one, however it is worded. Where it says several wrong values, one of them at most is meant.
"""

from __future__ import annotations

from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.judge.verdicts import Verdict

Told = tuple[Unit, Verdict]
_OF_ONE_VALUE = {"amount", "place", "name", "flag", "gist"}


def consistent(verdicts: list[Told], scopes: dict[int, Scope], plain: Plain) -> list[Told]:
    """Without contradictions that the rest of the answer speaks against. `scopes` by the start of their unit."""
    said_right = {_part(verdict.probe) for _, verdict in verdicts if verdict.outcome == "match" and verdict.probe}
    kept: list[Told] = []
    wrong: dict[tuple[str, str, str | None], str] = {}
    for unit, verdict in verdicts:
        probe = verdict.probe
        if verdict.outcome != "clash" or probe is None or verdict.fabricated or probe.sort not in _OF_ONE_VALUE:
            kept.append((unit, verdict))
            continue
        if _part(probe) in said_right or _true_beside(unit, scopes[unit.start], verdict, plain):
            continue
        if wrong.setdefault(_part(probe), fold(verdict.claimed)) == fold(verdict.claimed):
            kept.append((unit, verdict))
    return kept


def _part(probe: Probe) -> tuple[str, str, str | None]:
    """A sentence of a fact may say several things: which of them this is."""
    return probe.fact_id, probe.sort, probe.concept


def _true_beside(unit: Unit, scope: Scope, verdict: Verdict, plain: Plain) -> bool:
    """Whether the true name or year stands in the sentence as well, and is neither what is denied nor what once was."""
    probe = verdict.probe
    if probe is None:
        return False
    true = [fold(name.split(",")[0]) for name in probe.names] if probe.sort == "place" else []
    if probe.value is not None and probe.value.kind == "year":
        true = [f"{probe.value.readings[0]:.0f}"]
    claimed = fold(verdict.claimed)
    places = [plain.folded.find(name, unit.start, unit.end) for name in true if len(name) > 3 and name not in claimed]
    return any(place >= 0 and "past" not in scope.at(place) for place in places)
