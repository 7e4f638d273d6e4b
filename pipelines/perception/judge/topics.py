"""What each sentence, list item and cell speaks of where it names nobody: its heading's, its list entry's or the last subject.

Topics are owners as in subjects.py: "brand", "product:<name>", "rival:<name>", "other", "" (not known).
"""

from __future__ import annotations

import re

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.names import Mention, owner_key
from pipelines.perception.judge.openings import opening_org
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.subjects import is_compared
from pipelines.perception.judge.tables import owners_of_cells
from pipelines.perception.judge.text import Plain


def set_topics(units: list[Unit], blocks: list[Block], plain: Plain, mentions: list[Mention], main: str) -> None:
    """Gives each unit the topic that it carries on, and list items and cells their owner."""
    topic = main
    cells = owners_of_cells(blocks, mentions, _labelled(units))
    heading_topics: dict[int, str] = {}
    item_topics: dict[int, tuple[str, tuple[str, ...], str]] = {}
    heading_leads: dict[int, tuple[tuple[str, ...], str]] = {}
    intro: tuple[tuple[str, ...], str] = ((), "")
    owned = _owned_lists(units, blocks, plain)
    named_headings = _named_headings(units, blocks)
    last_block = -1
    units_before: list[Unit] = []
    for unit in units:
        block = blocks[unit.block]
        entered = unit.block != last_block
        last_block = unit.block
        if block.kind == "heading":
            if entered:
                for level in [level for level in heading_topics if level >= block.level]:
                    heading_topics.pop(level), heading_leads.pop(level, None)
                keys = {owner_key(mention) for mention in unit.mentions}
                orgs = {key for key in keys if not key.startswith("product:")}
                if len(keys) == 1:
                    heading_topics[block.level] = keys.pop()
                elif orgs == {"brand"}:
                    heading_topics[block.level] = "brand"
                elif orgs:
                    heading_topics[block.level] = ""
                elif block.level in named_headings and not unit.hits:
                    heading_topics[block.level] = "other"
                heading_leads[block.level] = (tuple(hit.name for hit in unit.hits), plain.folded[unit.start : unit.end])
                topic = heading_topics[max(heading_topics)] if heading_topics else main
                intro = ((), "")
                item_topics.clear()
        elif block.kind == "item" and entered:
            for level in [level for level in item_topics if level >= block.level]:
                item_topics.pop(level)
            above = topic if intro[1] else _before(heading_topics, main, topic)
            outer = item_topics[max(item_topics)][0] if item_topics else above
            given = owned.get(unit.block)
            topic = given if given is not None else outer
            if given is None and unit.mentions and unit.mentions[0].start - unit.start < 4:
                topic = owner_key(unit.mentions[0])
            item_topics[block.level] = (
                topic,
                tuple(hit.name for hit in unit.hits if hit.start - unit.start < 30),
                plain.folded[unit.start : unit.end],
            )
        elif block.kind == "text" and entered and item_topics:
            topic = _before(heading_topics, main, main)
            item_topics.clear()
        if block.kind == "row":
            labels = unit.cell == 0 and any(high > low for low, high in block.cells[1:])
            unit.owner = cells.get((unit.block, unit.cell), "" if labels else topic)  # a label says nothing by itself
            unit.topic = unit.owner
            continue
        topic = _latter(unit, units_before, plain) or topic
        units_before = [*units_before[-1:], unit]
        unit.topic = topic
        unit.lead, unit.lead_text = _leads(block, item_topics, heading_leads, intro)
        if not unit.is_heading:
            topic = _next_topic(unit, topic, plain)
            if block.kind == "text":
                tail = plain.folded[unit.start : unit.end].rstrip()
                intro = (tuple(hit.name for hit in unit.hits), tail) if tail.endswith(":") else ((), "")


def _labelled(units: list[Unit]) -> frozenset[int]:
    """Table rows whose first cell says what they tell of."""
    return frozenset(
        unit.block
        for unit in units
        if unit.cell == 0 and (unit.hits or any(is_sense(stem(token.word)) for token in unit.tokens))
    )


def _leads(
    block: Block,
    items: dict[int, tuple[str, tuple[str, ...], str]],
    headings: dict[int, tuple[tuple[str, ...], str]],
    intro: tuple[tuple[str, ...], str],
) -> tuple[tuple[str, ...], str]:
    names: list[str] = []
    texts: list[str] = []
    if block.kind == "item":
        for level in sorted(items, reverse=True):
            if level < block.level:
                names.extend(items[level][1])
                texts.append(items[level][2])
        names.extend(intro[0])
        texts.append(intro[1])
    for level in sorted(headings, reverse=True):
        names.extend(headings[level][0])
        texts.append(headings[level][1])
        break
    return tuple(dict.fromkeys(names)), " ".join(texts)


def _before(headings: dict[int, str], main: str, topic: str) -> str:
    return headings[max(headings)] if headings else (main or topic)


def _named_headings(units: list[Unit], blocks: list[Block]) -> set[int]:
    """Levels at which headings name companies: their siblings without a tracked name are about others."""
    found = set()
    for unit in units:
        block = blocks[unit.block]
        if block.kind != "heading":
            continue
        if any(mention.role == "rival" for mention in unit.mentions):
            found.add(block.level)
        elif any(
            mention.role == "brand" and mention.end - mention.start >= unit.end - unit.start - 5
            for mention in unit.mentions
        ):
            found.add(block.level)  # the brand's name and nothing else
    return found


def _owned_lists(units: list[Unit], blocks: list[Block], plain: Plain) -> dict[int, str]:
    """Blocks of list items that open with a name; where some do, capitalised siblings that do not are about others."""
    openings: dict[int, Unit] = {}
    for unit in units:
        if blocks[unit.block].kind == "item" and unit.first_in_block:
            openings.setdefault(unit.block, unit)
    found: dict[int, str] = {}
    runs: list[list[int]] = []
    for number in openings:
        if (
            runs
            and blocks[runs[-1][0]].level == blocks[number].level
            and number - runs[-1][-1] <= 12
            and _same_list(blocks, runs[-1][-1], number)
        ):
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        leads = {number: _lead_name(openings[number]) for number in run}
        names = {lead for lead in leads.values() if lead}
        if any(name.startswith("rival") for name in names) or len(names) > 1:
            for number, lead in leads.items():
                if lead:
                    found[number] = lead
                elif plain.text[
                    openings[number].start : openings[number].start + 1
                ].isupper() and not _opens_with_label(openings[number]):
                    found[number] = "other"
        else:
            found.update({number: lead for number, lead in leads.items() if lead})
    return found


def _same_list(blocks: list[Block], first: int, second: int) -> bool:
    return all(
        (blocks[number].kind == "item" and blocks[number].level >= blocks[second].level)
        or (blocks[number].kind == "text" and blocks[number].level > 0)
        for number in range(first + 1, second)
    )


def _lead_name(unit: Unit) -> str:
    if unit.mentions and unit.mentions[0].start - unit.start < 5:
        return owner_key(unit.mentions[0])
    return ""


def _opens_with_label(unit: Unit) -> bool:
    return bool(unit.hits) and unit.hits[0].start - unit.start < 3


_LATTER = re.compile(
    r"[\s\"'(*]*(?:the latter|that (?:company|firm|brand|one|competitor|maker|rival|business)|this (?:rival|competitor)|diese[rs]? (?:konkurrent|mitbewerber)|(?:der|die|das )?letztere[rs]?|ce dernier|cette derniere|este ultimo|esta ultima|quest'ultim[oa]|laatstgenoemde|de laatste|ta ostatnia|ten ostatni)\b"
)
_FORMER = re.compile(
    r"[\s\"'(*]*(?:the former|(?:der|die|das )?erstere[rs]?|celui-la|celle-la|aquel|aquella|eerstgenoemde|quello|quella|pierwsza z nich)\b"
)


def _latter(unit: Unit, before: list[Unit], plain: Plain) -> str | None:
    """Whom "the latter" and "the former" mean: the last or the first name of the sentence before."""
    named = list(before[-1].mentions) if before else []
    if _LATTER.match(plain.folded, unit.start, unit.end):
        return owner_key(named[-1]) if len(named) > 1 else "other"
    if _FORMER.match(plain.folded, unit.start, unit.end) and len(named) > 1:
        return owner_key(named[0])
    return None


_BETWEEN_NAMES = re.compile(r"(?:'?s?[ *\"'(]*|[ *\"']*(?:-{1,2}|:)[ *\"']*)")


def _whole(subjects: list[Mention], plain: Plain) -> Mention:
    """ "the Lantern Desk 2", "Lantern's Desk 2", "Lantern - Desk 2": a product behind its maker's name is what is spoken of."""
    first = subjects[0]
    behind = subjects[1] if first.role == "brand" and len(subjects) > 1 and subjects[1].role == "product" else None
    if behind is not None and _BETWEEN_NAMES.fullmatch(plain.folded, first.end, behind.start):
        return behind
    return first


def _next_topic(unit: Unit, topic: str, plain: Plain) -> str:
    """Whom the sentences after this one speak of when they name nobody."""
    subjects = [mention for mention in unit.mentions if not is_compared(unit, mention, plain.folded)]
    if subjects:
        return owner_key(_whole(subjects, plain))
    org = opening_org(unit, plain)
    return "other" if org else topic
