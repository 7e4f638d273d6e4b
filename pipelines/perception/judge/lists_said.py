"""Closed sets told as a list: items that name a set's members, with one that is none.

"It sells three models:" and below it an item for each. At least two items have to be members, so that the list is the set.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.lexicon import tokens_of
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.sets_said import is_member
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.verdicts import Verdict

_NAME = re.compile(r"[\s*\"'(]*(?P<name>[^\W\d_][\w&'+.-]*(?: [\w&'+.-]+){0,4}?)(?=\s*(?:[:(,.;]|\s-\s|$))")
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
            found.extend(_extra(run, probe, plain, _counted(units, run)))
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


def _counted(units: list[Unit], run: list[Unit]) -> bool:
    """Whether the sentence above a list says how many items it has: "propose quatre formules :"."""
    place = next(number for number, unit in enumerate(units) if unit is run[0])
    above = units[place - 1].values if place else []
    return any(value.kind == "count" and value.readings[0] == len(run) for value in above)


def _is_one(said: str, member: str) -> bool:
    short = min(len(said), len(member)) <= _SHORT
    return said.casefold() == member.casefold() if short else is_member(said, member)


def _extra(run: list[Unit], probe: Probe, plain: Plain, counted: bool) -> list[tuple[Unit, Verdict]]:
    """Items that are no members, where the others are and the line above the list speaks of the set."""
    named = [(unit, match) for unit in run if (match := _NAME.match(plain.text, unit.start, unit.end))]
    members = [unit for unit, match in named if any(_is_one(match["name"], member) for member in probe.names)]
    others = [(unit, match) for unit, match in named if unit not in members]
    enough = len(members) >= max(2, len(probe.names) - 1) and 0 < len(others) <= _MOST_EXTRA
    told = {said for said, _ in stems_of(tokens_of(run[0].lead_text))}
    all_told = counted and all(any(_is_one(match["name"], name) for _, match in named) for name in probe.names)
    if not enough or not (all_told or told & (probe.nouns | probe.topic) or probe.concept in run[0].lead):
        return []
    unit, match = others[0]
    low, high = match.span("name")
    return [(unit, Verdict("clash", low, high, probe, plain.text[low:high], fabricated=True))]
