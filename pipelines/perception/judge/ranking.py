"""The place of each tracked name where an answer ranks: numbered or bulleted lists, headings, table rows, prose.

A list ranks when its entries open with different names. Steps, features of one brand and comparisons by column do not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from pipelines.perception.judge.layout import Block, Layout
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.ranking_prose import enumerated, ordinal_places
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.tables import tables_of
from pipelines.perception.judge.text import Plain
from pipelines.perception.records import BrandFacts

_LABEL = re.compile(r"^[^\w]{0,4}(?:[^\n:.!?]{2,60}?(?::|\s-{1,2}\s|\)\s*:?))?[\s\"'(]*$")
_NAME_LEAD = re.compile(
    r"^[^\w]{0,4}[A-Z0-9][\w&.'+-]*(?: (?:[A-Z0-9&][\w&.'+-]*|by|of|de|and)){0,4}(?=\s*(?:$|[-:(,|]|\s-|is\b|was\b|offers\b|ist\b|est\b|es\b|e\b))"
)


@dataclass(slots=True)
class Ranking:
    """`ranks` by canonical name, 1 is first; `length` is the list's."""

    ranks: dict[str, int] = field(default_factory=dict)
    length: int = 0


def rank_of(layout: Layout, units: list[Unit], mentions: list[Mention], brand: BrandFacts) -> Ranking:
    """The first list that ranks the brand, else the first that ranks anybody tracked."""
    found: list[Ranking] = []
    for ranking in _candidates(layout, units, mentions):
        if brand.name in ranking.ranks:
            return ranking
        found.append(ranking)
    return found[0] if found else Ranking()


def _candidates(layout: Layout, units: list[Unit], mentions: list[Mention]) -> list[Ranking]:
    plain = layout.plain
    found: list[Ranking] = []
    runs = _runs(layout.blocks)
    for numbered in (True, False):
        kept = [run for run in runs if (run[0].number is not None) == numbered]
        found.extend(_of_run(run, plain, mentions) for run in kept)
    found.extend(_of_table(layout.blocks[first:after], plain, mentions) for first, after in tables_of(layout.blocks))
    found.append(ordinal_ranking(units, plain))
    for unit in units:
        names, length = enumerated(unit, plain)
        found.append(Ranking(names, length))
    return [ranking for ranking in found if ranking.ranks]


def ordinal_ranking(units: list[Unit], plain: Plain) -> Ranking:
    places: dict[str, int] = {}
    for unit in units:
        for name, place in ordinal_places(unit, plain):
            places.setdefault(name, place)
    return Ranking(places, max(places.values(), default=0))


def _runs(blocks: list[Block]) -> list[list[Block]]:
    """Items and headings of one kind and depth that belong together; what is nested between them does not part them."""
    open_runs: dict[tuple[str, int, bool], list[Block]] = {}
    found: list[list[Block]] = []
    for block in blocks:
        if block.kind not in ("item", "heading"):
            if (
                block.kind == "text"
                and block.level == 0
                and not any(key[0] == "heading" or numbered for key, numbered in ((key, key[2]) for key in open_runs))
            ):
                open_runs.clear()
            continue
        mark = (block.kind, block.level, block.number is not None)
        for other in list(open_runs):
            deeper = other[0] == block.kind and other[1] > block.level
            if deeper or (block.kind == "heading" and other[0] == "item"):
                del open_runs[other]
        run = open_runs.get(mark)
        restarted = (
            run is not None
            and block.number is not None
            and run[-1].number is not None
            and block.number <= run[-1].number
            and not all(one.number == 1 for one in run)
        )
        if run is None or restarted:
            run = []
            open_runs[mark] = run
            found.append(run)
        run.append(block)
    return [run for run in found if len(run) > 1]


def _of_run(run: list[Block], plain: Plain, mentions: list[Mention]) -> Ranking:
    ranking = Ranking(length=len(run))
    names_like = 0
    leads = 0
    for place, block in enumerate(run, 1):
        lead = _lead(block, plain, mentions)
        if lead is not None:
            leads += 1
            number = block.number if block.number is not None and not all(one.number == 1 for one in run) else place
            ranking.ranks.setdefault(lead.name, number)
        elif _NAME_LEAD.match(plain.text[block.start : block.end]):
            names_like += 1
    distinct = len(ranking.ranks)
    if distinct == 0 or leads > distinct + max(0, distinct - 1):
        return Ranking()
    if distinct >= 2 or (names_like and leads == 1):
        return ranking
    return Ranking()


def _lead(block: Block, plain: Plain, mentions: list[Mention]) -> Mention | None:
    """The tracked name that an entry opens with, also behind a short label ("Best overall: Lantern")."""
    first = bisect_left(mentions, block.start, key=lambda mention: mention.start)
    for mention in mentions[first : first + 4]:
        if mention.start >= block.end:
            return None
        if mention.role in ("brand", "rival"):
            before = plain.text[block.start : mention.start]
            if (
                len(before) < 70
                and _LABEL.match(before)
                and not re.match(r"\s*(?:vs\.?|versus)\b", plain.folded[mention.end : mention.end + 8])
            ):
                return mention
            return None
    return None


def _of_table(rows: list[Block], plain: Plain, mentions: list[Mention]) -> Ranking:
    ranking = Ranking()
    place = 0
    for row in rows:
        if row.is_header:
            continue
        place += 1
        number = None
        for low, high in row.cells[:2]:
            text = plain.text[low:high].strip()
            if (told := re.fullmatch(r"#?(\d{1,2})\.?", text)) is not None:
                number = int(told[1])
                continue
            lead = next(
                (mention for mention in mentions if low <= mention.start < high and mention.role in ("brand", "rival")),
                None,
            )
            if lead is not None and not plain.text[low : lead.start].strip(" *\"'"):
                ranking.ranks.setdefault(lead.name, number or place)
            break
    ranking.length = place
    return ranking if len(ranking.ranks) >= 2 or (len(ranking.ranks) == 1 and place >= 3) else Ranking()
