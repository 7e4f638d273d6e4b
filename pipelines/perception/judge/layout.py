"""Reads an answer's Markdown into blocks: headings, list items, table rows, paragraphs. Code and comments are left out.

A block knows its span in the plain text, how deep it stands and, for rows, its cells. A line that is one bold phrase
counts as a heading, a bold number at a line's start as a list number: assistants write both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from pipelines.perception.judge.text import LONGEST, Plain, Writer

Kind = Literal["heading", "item", "row", "text"]
BOLD_LEVEL = 7
_LINE = re.compile(
    r"(?P<quote>(?:[ \t]{0,3}>[ \t]?){1,5})?(?P<indent>[ \t\u3000]{0,24})"
    r"(?:(?P<hashes>\#{1,6})[ \t]+|(?P<bullet>[-*+\u2022\u25e6\u25aa\u2023\u25cf\u30fb\u2013\u2014\u2713\u2714\u2705]|[\u2600-\u27bf\U0001f300-\U0001f946\U0001f94a-\U0001faff]\ufe0f?)[ \t]+(?=\S)|(?P<row>\|)"
    r"|(?P<rule>[-*_=]{3,}[ \t]*$))?"
)
_NUMBER = re.compile(
    r"(?:\*\*|__|\*)?(?:(?:(?:[Pp]latz|[Rr]ang|[Rr]ank|[Pp]lace|[Nn]o\.?|[Nn]r\.?|[Nn]umber|[Nn]ummer|[Pp]uesto|[Pp]osto|[Ll]ugar|[Pp]lek|[Pp]laats|[Mm]iejsce)[ \t]?\#?[ \t]?|\#[ \t]?)(?P<hash>\d{1,2})[ \t.:)\u2013-]+|(?P<plain>\d{1,3})(?:[.)\uff0e\u3001][\u00ba\u00aa\u00b0]?(?![\d%])[ \t]*|\ufe0f?\u20e3[ \t]*))(?=\S)"
)
_BOLD_LINE = re.compile(r"(?:\*\*|__)(?P<said>[^*\n]{1,120}?)(?:\*\*|__)[ \t]*:?[ \t]*$")
_SEPARATOR = re.compile(r"[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|?){1,40}[ \t]*$")
_FENCE = re.compile(r"[ \t]{0,3}(?P<ticks>`{3,}|~{3,})[ \t]*(?P<language>[\w+-]{0,20})")
_TEXT_FENCES = {"", "markdown", "md", "text", "txt", "plain", "plaintext"}
_MOST_CELLS = 40


@dataclass(slots=True)
class Block:
    """`level` is the depth of a heading or the indent of an item; `number` the one that an item or heading carries."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    number: int | None = None
    group: int = 0
    cells: list[tuple[int, int]] = field(default_factory=list)
    is_header: bool = False
    quoted: bool = False


@dataclass(slots=True)
class Layout:
    plain: Plain
    blocks: list[Block]


def read_layout(answer: str) -> Layout:
    """The answer's blocks in order; what goes beyond `LONGEST` characters is not read."""
    given = answer
    answer = _without_comments(answer[:LONGEST])
    writer = Writer(answer)
    blocks: list[Block] = []
    group = 0
    place = 0
    fence: str | None = None
    skipping = False
    for line in answer.splitlines(keepends=True):
        start, place = place, place + len(line)
        end = start + len(line.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
        fenced = _FENCE.match(answer, start, end)
        if fenced and (fence is None or fenced["ticks"][0] == fence):
            skipping = fence is None and (
                fenced["language"].lower() not in _TEXT_FENCES or answer[end : end + 40].lstrip()[:1] in ("{", "[")
            )
            fence = fenced["ticks"][0] if fence is None else None
            continue
        if skipping:
            continue
        if not answer[start:end].strip():
            group += 1
            continue
        _read_line(answer, start, end, writer, blocks, group)
        writer.newline(max(start, end - 1))
    plain = writer.done()
    plain.original = given
    return Layout(plain, _marked_headers(blocks))


def _without_comments(answer: str) -> str:
    """HTML comments as blanks, so that places stay; a comment without an end reaches to the end."""
    place = answer.find("<!--")
    if place < 0:
        return answer
    parts: list[str] = []
    done = 0
    while place >= 0:
        close = answer.find("-->", place)
        close = len(answer) if close < 0 else close + 3
        parts.extend((answer[done:place], " " * (close - place)))
        done = close
        place = answer.find("<!--", close)
    return "".join(parts) + answer[done:]


def _read_line(answer: str, start: int, end: int, writer: Writer, blocks: list[Block], group: int) -> None:
    opening = _LINE.match(answer, start, end)
    if opening is None or opening["rule"]:
        return
    indent = len(opening["indent"].expandtabs(4))
    quoted = opening["quote"] is not None
    begin = opening.end()
    if opening["row"] is not None or (blocks and blocks[-1].kind == "row" and _bare_row(answer[start:end])):
        _read_row(answer, opening.start("indent"), end, writer, blocks, group)
        return
    number = _NUMBER.match(answer, begin, end)
    if number and not opening["hashes"] and number.end() < end:
        _add(
            blocks,
            writer,
            Block("item", 0, 0, indent, int(number["plain"] or number["hash"]), group),
            number.end(),
            end,
        )
    elif opening["hashes"]:
        level = len(opening["hashes"])
        told = int(number["plain"] or number["hash"]) if number else None
        _add(blocks, writer, Block("heading", 0, 0, level, told, group), number.end() if number else begin, end)
    elif opening["bullet"]:
        _add(blocks, writer, Block("item", 0, 0, indent, None, group), begin, end)
    elif _BOLD_LINE.fullmatch(answer, begin, end):
        _add(blocks, writer, Block("heading", 0, 0, BOLD_LEVEL, None, group), begin, end)
    else:
        _add(blocks, writer, Block("text", 0, 0, indent, None, group, quoted=quoted), begin, end)


def _add(blocks: list[Block], writer: Writer, block: Block, begin: int, end: int) -> None:
    last = blocks[-1] if blocks else None
    joins = last is not None and block.kind == "text" and last.kind in ("text", "item") and last.group == block.group
    block.start, block.end = writer.inline(begin, end)
    if joins and last is not None and (last.kind == "text" or block.level > last.level):
        last.end = block.end  # a line that goes on
        return
    if block.end > block.start:
        blocks.append(block)


def _bare_row(line: str) -> bool:
    return line.count("|") >= 1


def _read_row(answer: str, start: int, end: int, writer: Writer, blocks: list[Block], group: int) -> None:
    if _SEPARATOR.fullmatch(answer, start, end):
        if blocks and blocks[-1].kind == "row":
            blocks[-1].is_header = True
        return
    block = Block("row", writer.length, writer.length, group=group)
    place = start
    first = True
    while place < end and len(block.cells) < _MOST_CELLS:
        bar = answer.find("|", place, end)
        stop = end if bar < 0 else bar
        if not (first and not answer[place:stop].strip() and bar >= 0):
            block.cells.append(writer.inline(place, stop))
            writer.newline(max(place, stop - 1))
        first = False
        place = stop + 1
    if block.cells:
        block.end = block.cells[-1][1]
        blocks.append(block)


def _marked_headers(blocks: list[Block]) -> list[Block]:
    """Without a separator line the first row of a table is its header."""
    table: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and block.kind == "row" and (not table or block.group == table[-1].group):
            table.append(block)
            continue
        if len(table) > 1 and not any(row.is_header for row in table):
            table[0].is_header = True
        table = [block] if block is not None and block.kind == "row" else []
    return blocks
