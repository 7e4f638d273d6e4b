"""Markdown, line by line: headings, tables, fenced code and paragraphs. What is none of these is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.knowledge.reading.blocks import Block, Content, Heading, Text, table_of

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")


def read(text: str) -> Content:
    """The blocks of a Markdown text; its title is its first heading of the first level."""
    blocks = list(_blocks(text.split("\n")))
    title = next((block.text for block in blocks if isinstance(block, Heading) and block.level == 1), None)
    return Content(blocks=blocks, title=title)


def _blocks(lines: list[str]) -> Iterator[Block]:
    held: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        after = lines[place + 1] if place + 1 < len(lines) else ""
        fence = _FENCE.match(line)
        heading = _HEADING.match(line)
        if fence:
            yield from _paragraph(held)
            end = _end_of_code(lines, place + 1, fence.group(1))
            yield from _paragraph(lines[place + 1 : end])
            place = end + 1
        elif heading:
            yield from _paragraph(held)
            if heading.group(2):
                yield Heading(heading.group(2), len(heading.group(1)))
            place += 1
        elif "|" in line and _RULE.match(after) and "|" in after:
            yield from _paragraph(held)
            end = place + 2
            while end < len(lines) and "|" in lines[end] and lines[end].strip():
                end += 1
            table = table_of([_cells(line), *(_cells(row) for row in lines[place + 2 : end])])
            if table is not None:
                yield table
            place = end
        elif line.strip() and not held and _UNDERLINE.match(after) and not _UNDERLINE.match(line):
            yield Heading(line.strip(), 1 if after.strip().startswith("=") else 2)
            place += 2
        elif not line.strip():
            yield from _paragraph(held)
            place += 1
        else:
            held.append(line)
            place += 1
    yield from _paragraph(held)


def _paragraph(held: list[str]) -> Iterator[Block]:
    text = "\n".join(held).strip("\n")
    held.clear()
    if text.strip():
        yield Text(text.strip())


def _end_of_code(lines: list[str], start: int, fence: str) -> int:
    for place in range(start, len(lines)):
        if lines[place].strip().startswith(fence):
            return place
    return len(lines)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in _CELL.split(inner)]
