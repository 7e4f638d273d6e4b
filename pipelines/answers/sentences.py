"""Sentences of a passage: what an answer quotes. Rules rather than a model: a wrong cut costs a word, not an answer.

A line break ends a sentence only where the line ends like one or is an item or heading: text of PDFs breaks lines
anywhere. Rows of tables stay whole. A heading, or a question that somebody answers below, is no answer: it is what the
sentences under it are about. A run of short lines (a price card, a person's) is one piece. Marks of Markdown go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

LONGEST = 600  # characters; prose without full stops is cut at this
HEADING_WORDS, HEADING_LETTERS = 12, 90  # a line without a full stop that has more is prose
CARD = 3  # short lines in a row from which on they are a card; the last one may be the heading of what follows
BESIDE = " · "  # between lines that are no prose
ROW = " | "
_ENDINGS = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-zß-ÿ])|(?<=[。！？])(?=\S)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|fig|z\.b|bzw|ca|abs|art|p\.ex|sr|sra)|"
    r"\b[A-Z]|^\s*\d{1,3})\.[\"'”’»)\]]*$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*•‣–]|\d{1,3}[.)]|[a-z][.)]|#{1,6}|\|)\s+")
_BULLET = re.compile(r"^\s*[-*•‣–]\s+")
_HASHES = re.compile(r"^#{1,6}\s+")
_ENDED = re.compile(r"[.!…。！:;,][\"'”’»)\]]*$")
_ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
_STEP = re.compile(r"^\d{1,2}[.)]\s")
_NUMBERING = re.compile(r"^(?:\d{1,3}[.)])+\d{0,3}\s+|^(?:section|article|chapter)\s+[\d.]+\s*", re.IGNORECASE)
_FACT = re.compile(r"[\d@:]")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_STRESSED = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])")
_LINK = re.compile(r"!?\[([^\]\n]{1,200})\]\((?:[^()\s]|\([^()\s]*\)){1,500}\)")
_WORD = re.compile(r"\w")
Kind = Literal["title", "fact", "item", "prose"]
Block = tuple[Kind, str]


class Part(Struct, frozen=True):
    """A piece of a passage. `heading`: the place of the part that it stands under; `is_line`: no prose, parted from
    others by more than a blank; `is_bare`: several lines of which none tells a figure or is of a list, as a menu."""

    text: str
    heading: int | None = None
    is_heading: bool = False
    is_line: bool = False
    is_bare: bool = False


def split(text: str) -> list[Part]:
    """The parts of a passage in order; no word of it is lost (but addresses behind links), and no part is empty."""
    blocks = [cleaned for block in _blocks(text) if _WORD.search(cleaned := _plain(block))]
    found: list[Part] = []
    heading: int | None = None
    for run, is_last in _runs(blocks):
        card, rest = _card(run, is_last=is_last)
        is_bare = all(kind == "title" for kind, _ in run)
        found += [Part(one, heading, is_line=True, is_bare=is_bare) for one in card]
        for place, (kind, block) in enumerate(rest):
            if kind == "title":
                title = _HASHES.sub("", block)
                if found and found[-1].is_heading and not _ASKS.search(title) and not _ASKS.search(found[-1].text):
                    title = f"{found.pop().text}{BESIDE}{title}"  # a name and a role, a page and its section
                heading = len(found)
                found.append(Part(title, is_heading=True))
            elif _is_header(block, [following for _, following in rest[place + 1 : place + 2]]):
                heading = len(found)
                found.append(Part(block, is_heading=True))
            else:
                is_line = kind in ("fact", "item") or _is_row(block) or _BULLET.match(block) is not None
                found += [Part(one, heading, is_line=is_line) for one in _sentences(_BULLET.sub("", block))]
    return found


def joined(parts: Sequence[Part]) -> str:
    """The parts as one text: what is no prose, and does not end like it, is parted by more than a blank."""
    text = ""
    for place, part in enumerate(parts):
        if place:
            before = parts[place - 1]
            is_apart = part.is_line or before.is_line or before.is_heading
            text += BESIDE if is_apart and not _ENDED.search(before.text) else " "
        text += part.text
    return text


def opens_list(parts: Sequence[Part], place: int) -> bool:
    """Whether what follows belongs to it: it is a step or an item, or ends with a colon."""
    text = parts[place].text
    return text.endswith(":") or _STEP.match(text) is not None or (parts[place].is_line and BESIDE not in text)


def ends(block: str) -> Iterator[int]:
    """Where the sentences of a paragraph end, but for the last: each place is where the next one begins."""
    start = 0
    for ending in _ENDINGS.finditer(block):
        piece = block[start : ending.start()]
        if not _ABBREVIATED.search(piece[-24:]) or piece.endswith("..."):
            start = ending.end()
            yield start


def _blocks(text: str) -> list[str]:
    """Paragraphs, list items, headings and rows; lines that belong together are joined."""
    blocks: list[str] = []
    joins = False
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            joins = False
            continue
        is_row = _is_row(line)
        starts_anew = is_row or _ITEM.match(raw) is not None or (bool(blocks) and _HASHES.match(blocks[-1]) is not None)
        if joins and not starts_anew:
            blocks[-1] = f"{blocks[-1]} {line}"
        else:
            blocks.append(line)
        joins = not is_row
    return blocks


def _is_row(line: str) -> bool:
    return line.startswith("|") or ROW in line


def _is_header(block: str, following: Sequence[str]) -> bool:
    """Whether a row names what the row below it has, and tells no figure itself."""
    return (
        ROW in block
        and not _FACT.search(block)
        and any(one.count(ROW) == block.count(ROW) and _FACT.search(one) for one in following)
    )


def _runs(blocks: Sequence[str]) -> Iterator[tuple[list[Block], bool]]:
    """Neighbouring blocks that are prose, or short lines, with their kinds; and whether the passage ends with them."""
    known: list[Block] = [(_kind(block), block) for block in blocks]
    start = 0
    for end in range(1, len(known) + 1):
        if end == len(known) or (known[end][0] == "prose") != (known[start][0] == "prose"):
            yield known[start:end], end == len(known)
            start = end


def _card(run: list[Block], *, is_last: bool) -> tuple[list[str], list[Block]]:
    """Short lines that are enough for a card, as one piece, and what stays by itself: the last may head what follows."""
    if len(run) < CARD or run[0][0] == "prose":
        return [], run
    rest = run[-1:] if not is_last and run[-1][0] == "title" else []
    lines = run[: len(run) - len(rest)]
    return _cut(BESIDE.join(_BULLET.sub("", _HASHES.sub("", block)) for _, block in lines)), rest


def _kind(block: str) -> Kind:
    """A line that says nothing by itself (a title, a name, a question), one that tells a figure or address, or is one of a
    list; or prose."""
    if _HASHES.match(block):
        return "title"
    if _is_row(block) or len(block) > HEADING_LETTERS or len(block.split()) > HEADING_WORDS:
        return "prose"
    bare = _NUMBERING.sub("", block)
    if _ENDED.search(bare) or next(ends(bare), None) is not None:
        return "prose"
    if _BULLET.match(block):
        return "item"
    return "fact" if _FACT.search(bare) and not _ASKS.search(bare) else "title"


def _plain(block: str) -> str:
    """Without the marks of Markdown."""
    marked = _STRONG.sub(_apart, _LINK.sub(r"\1", block))
    return _ESCAPED.sub(r"\1", _STRESSED.sub(r"\1", marked)).strip()


def _apart(strong: re.Match[str]) -> str:
    """Words that only the marks kept apart stay apart."""
    before, after = strong.string[: strong.start()][-1:], strong.string[strong.end() :][:1]
    return f"{' ' if before.isalnum() else ''}{strong[2]}{' ' if after.isalnum() else ''}"


def _sentences(block: str) -> list[str]:
    places = [0, *(() if _is_row(block) else ends(block)), len(block)]
    parts = [block[start:end].strip() for start, end in pairwise(places)]
    return [cut for part in parts if part for cut in _cut(part)]


def _cut(sentence: str) -> list[str]:
    """A sentence that is too long to quote, in pieces that end between words."""
    pieces: list[str] = []
    while len(sentence) > LONGEST:
        at = sentence.rfind(" ", LONGEST // 2, LONGEST)
        at = at if at > 0 else LONGEST
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, sentence] if sentence else pieces
