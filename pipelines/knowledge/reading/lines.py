"""Lines of printed pages: what repeats on every page goes, and lines that belong together become paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

EDGE = 2  # lines at the top and at the bottom of a page that may be running heads
FROM_PAGES = 4
SHARE = 0.6  # of the pages
FULL = 0.7  # of the longest lines: a shorter one ends its paragraph
_PAGE = re.compile(
    r"\W*(?:page|seite|página|pagina|sida|strona|p|s|pg)?\W*\d+(?:\W*(?:of|von|de|di|av|z)?\W*\d+)?\W*", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:[-–—•▪◦*·‣]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "…")


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages' lines without heads, feet and page numbers: what stands at the edge of most pages."""
    trimmed = [[line.rstrip() for line in lines] for lines in pages]
    if len(pages) < FROM_PAGES:
        return trimmed
    seen = Counter(key for lines in trimmed for key in {_key(lines[place]) for place in _edges(lines)})
    repeated = {key for key, count in seen.items() if count >= SHARE * len(pages)}
    return [
        [line for place, line in enumerate(lines) if not (place in _edges(lines) and _key(line) in repeated)]
        for lines in trimmed
    ]


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines as paragraphs: a blank or short line, or the end of a sentence before a list item, ends one."""
    wide = _wide(lines)
    found: list[list[str]] = [[]]
    for line in lines:
        text = line.strip()
        held = found[-1]
        if not text or (held and (_ITEM.match(text) or _is_last(held[-1], wide))):
            found.append([])
        if text:
            found[-1].append(text)
    return [" ".join(held) for held in found if held]


def _is_last(line: str, wide: int) -> bool:
    return len(line) < FULL * wide and (line.endswith(_ENDS) or len(line) < 0.5 * wide)


def _wide(lines: Sequence[str]) -> int:
    lengths = sorted(len(line) for line in lines if line.strip())
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _edges(lines: Sequence[str]) -> set[int]:
    filled = [place for place, line in enumerate(lines) if line.strip()]
    return set(filled[:EDGE] + filled[-EDGE:])


def _key(line: str) -> str:
    text = " ".join(line.split())
    return "#" if _PAGE.fullmatch(text) else text
