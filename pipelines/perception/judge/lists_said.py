"""Closed sets told as a list: items that name a set's members, with one that is none.

"It sells three models:" and below it an item for each. At least two items have to be members, so that the list is the set.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.lexicon import tokens_of
from pipelines.perception.judge.member_kinds import is_of_set
from pipelines.perception.judge.probe import Probe, deeds_in
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.sets_said import is_member
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.verdicts import Verdict

_NAME = re.compile(r"[\s*\"'(]*(?P<name>[^\W\d_][\w&'+.-]*(?: [\w&'+.-]+){0,4}?)(?=\s*(?:[:(,.;|/]|\s-\s|$))")
_MOST_EXTRA = 2
_SHORT = 2  # letters: a size "B" is not "BB"


def weigh_lists(
    units: list[Unit], blocks: list[Block], plain: Plain, probes: tuple[Probe, ...]
) -> list[tuple[Unit, Verdict]]:
    """The items that are no member of the set which their list enumerates."""
    closed = [probe for probe in probes if probe.sort == "members" and probe.closed and len(probe.names) > 1]
    found: list[tuple[Unit, Verdict]] = []
    for run in _lists(units, blocks) if closed else ():
        for probe in closed:
            found.extend(_extra(run, probe, plain, _above(units, run)))
    return found


def _lists(units: list[Unit], blocks: list[Block]) -> list[list[Unit]]:
    """The first sentences of the items of each list of the brand's, one depth at a time."""
    found: dict[tuple[int, int], list[Unit]] = {}
    number = 0
    for unit in units:
        block = blocks[unit.block]
        if block.kind != "item":
            number += block.kind == "heading" or (block.kind == "text" and block.level == 0)
        elif unit.first_in_block and not unit.dropped and not unit.topic.startswith("rival"):
            found.setdefault((number, block.level), []).append(unit)
    return [run for run in found.values() if len(run) > 1]


def _above(units: list[Unit], run: list[Unit]) -> Unit | None:
    """The sentence above a list."""
    place = next(number for number, unit in enumerate(units) if unit is run[0])
    return units[place - 1] if place else None


def _is_one(said: str, probe: Probe) -> bool:
    known = is_of_set(said, probe.names)
    if known is not None:
        return known
    short = min(len(said), *map(len, probe.names)) <= _SHORT
    return any(said.casefold() == member.casefold() if short else is_member(said, member) for member in probe.names)


def _extra(run: list[Unit], probe: Probe, plain: Plain, above: Unit | None) -> list[tuple[Unit, Verdict]]:
    """Items that are no members, where the others are and the line above the list speaks of the set."""
    named = [(unit, match) for unit in run if (match := _NAME.match(plain.text, unit.start, unit.end))]
    members = [unit for unit, match in named if _is_one(match["name"], probe)]
    others = [(unit, match) for unit, match in named if unit not in members]
    enough = len(members) >= max(2, len(probe.names) - 1) and 0 < len(others) <= _MOST_EXTRA
    if not enough or not (_is_announced(run, probe) or _is_counted(run, members, probe, above, plain)):
        return []
    unit, match = others[0]
    low, high = match.span("name")
    return [(unit, Verdict("clash", low, high, probe, plain.text[low:high], fabricated=True))]


def _is_announced(run: list[Unit], probe: Probe) -> bool:
    """Whether what a list stands under speaks of the set."""
    told = {said for said, _ in stems_of(tokens_of(run[0].lead_text))}
    return bool(told & (probe.nouns | probe.topic)) or probe.concept in run[0].lead


def _is_counted(run: list[Unit], members: list[Unit], probe: Probe, above: Unit | None, plain: Plain) -> bool:
    """All members under a sentence that counts the items ("propose quatre formules :") or tells what is done with them."""
    if above is None or len(members) < len(probe.names):
        return False
    counted = any(value.kind == "count" and value.readings[0] == len(run) for value in above.values)
    return counted or bool(probe.deeds & deeds_in(above.tokens, plain.folded, above.start, above.end))
