"""What no contradiction may be, whichever rule found it: a figure that says after all what the fact says.

restraint.py asks here last, so that a new rule in any other file cannot raise these alarms again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipelines.perception.judge.compare import compare
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope, is_denied
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.values import UNPRICED, Value
from pipelines.perception.judge.verdicts import Verdict

_ADDED_TO = re.compile(
    r",? ?(?:(?:and|und|et|y|e|en|i|plus|with|mit)\b)? ?-?"
)  # "one hour and fifteen minutes", "1 h 15 min"
_OTHER_SIZE = 100  # no two figures for one price are so far apart, unless in their zeros alone


def says_the_fact(unit: Unit, scope: Scope, verdict: Verdict, probe: Probe, plain: Plain, probes: list[Probe]) -> bool:
    """Whether a figure that clashes with `probe` says what its fact says. `probes`: all of this fact's."""
    if probe.value is None or verdict.denies:
        return False
    said = next((one for one in unit.values if one.start == verdict.start and one.kind == probe.value.kind), None)
    if said is None:
        return False
    return (
        any(_fits(said, one) for one in probes)
        or any(_fits(whole, probe) for whole in _sums(unit, said, plain))
        or _told_beside(unit, scope, said, probe, plain)
        or _is_of_another_size(said, probe.value)
    )


def _fits(said: Value, probe: Probe) -> bool:
    true = probe.value
    return true is not None and (true.kind, true.unit) == (said.kind, said.unit) and compare(said, true) == "match"


def _sums(unit: Unit, said: Value, plain: Plain) -> Iterator[Value]:
    """A time with the smaller one that is added to it: "eine Stunde und fünfzehn Minuten"."""
    for other in unit.values:
        if other is said or (other.kind, other.unit) != (said.kind, said.unit) or said.unit != "duration":
            continue
        first, second = (said, other) if said.start < other.start else (other, said)
        smaller = second.readings[0] < first.readings[0]
        if smaller and _ADDED_TO.fullmatch(plain.folded, first.end, second.start):
            yield replace(first, end=second.end, readings=(first.readings[0] + second.readings[0],))


def _told_beside(unit: Unit, scope: Scope, said: Value, probe: Probe, plain: Plain) -> bool:
    """Whether the sentence tells the true figure as well, more exactly or once more: "a good year: 13 months"."""
    for other in unit.values:
        if other.start == said.start or other.written in UNPRICED or not _fits(other, probe):
            continue
        if "past" in scope.at(other.start) or is_denied(scope, plain.folded, other.start):
            continue
        low, high = min(said.end, other.end), max(said.start, other.start)
        if not any(low <= one.start < high and one.role in ("rival", "other") for one in unit.mentions):
            return True
    return False


def _is_of_another_size(said: Value, true: Value) -> bool:
    """A price beside a sum insured: too far apart to be meant for each other, if not a slip of zeros."""
    if said.kind != "money" or not said.readings[0] or not true.readings[0]:
        return False
    ratio = max(said.readings[0] / true.readings[0], true.readings[0] / said.readings[0])
    return ratio >= _OTHER_SIZE and _digits(said.readings[0]) != _digits(true.readings[0])


def _digits(amount: float) -> str:
    return f"{amount:.6g}".split("e", maxsplit=1)[0].replace(".", "").strip("0")
