"""Sentences of a passage: what an answer quotes. Rules rather than a model: a wrong cut costs a word, not an answer.

A line break ends a sentence only where the line ends like one or is an item or heading: text of PDFs breaks lines
anywhere. Rows of tables stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

LONGEST = 600  # characters; prose without full stops is cut at this
_ENDINGS = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-zß-ÿ])|(?<=[。！？])(?=\S)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|fig|z\.b|bzw|ca|abs|art|p\.ex|sr|sra)|"
    r"\b[A-Z]|^\s*\d{1,3})\.[\"'”’»)\]]*$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*•‣–]|\d{1,3}[.)]|[a-z][.)]|#{1,6}|\|)\s*")
_ROW = re.compile(r"^\s*\|")


def split(text: str) -> list[str]:
    """The sentences of a passage in order, without surrounding blanks; never empty strings."""
    found: list[str] = []
    for block in _blocks(text):
        found.extend(_sentences(block))
    return found


def _blocks(text: str) -> list[str]:
    """Paragraphs, list items, headings and rows; lines that belong together are joined."""
    blocks: list[str] = []
    joined = False
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            joined = False
            continue
        starts_anew = _ITEM.match(raw) is not None or (bool(blocks) and _is_heading(blocks[-1]))
        if joined and not starts_anew:
            blocks[-1] = f"{blocks[-1]} {line}"
        else:
            blocks.append(line)
        joined = _ROW.match(raw) is None
    return blocks


def _is_heading(line: str) -> bool:
    return line.startswith("#")


def ends(block: str) -> Iterator[int]:
    """Where the sentences of a paragraph end, but for the last: each place is where the next one begins."""
    start = 0
    for ending in _ENDINGS.finditer(block):
        piece = block[start : ending.start()]
        if not _ABBREVIATED.search(piece[-24:]) or piece.endswith("..."):
            start = ending.end()
            yield start


def _sentences(block: str) -> list[str]:
    places = [0, *(() if _ROW.match(block) else ends(block)), len(block)]
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
