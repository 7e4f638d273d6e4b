"""The sections of a page: a label ("Our mission", "Why choose us") and what stands under it.

A label is a heading, a line that looks like one, or the short kicker above a heading; both kicker and heading count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.text import key, word_count

_KICKER_WORDS = 5
_DECORATION = re.compile(r"^[\W\d_]+|[\s:!.…?–—-]+$")


@dataclass(slots=True, frozen=True)
class Section:
    """`labels` are verbatim; `body` are the blocks below the heading up to the next one of its level or above.

    `title` is the heading block; `kicked` says that a kicker announces it, so that the title may be the statement.
    """

    labels: tuple[str, ...]
    title: Block
    body: tuple[Block, ...]
    kicked: bool

    @property
    def own(self) -> tuple[Block, ...]:
        """The text directly under the label, before any heading below it."""
        kept = []
        for block in self.body:
            if block.level:
                break
            kept.append(block)
        return tuple(kept)


def sections(blocks: Sequence[Block]) -> list[Section]:
    """Every section outside navigation, in reading order; sections of smaller headings lie inside larger ones."""
    found = []
    for block in blocks:
        if not block.level or block.region == "nav":
            continue
        kicker = _kicker(blocks, block)
        labels = (block.text, kicker.text) if kicker else (block.text,)
        found.append(Section(labels, block, tuple(_body(blocks, block)), kicker is not None))
    return found


def _body(blocks: Sequence[Block], title: Block) -> Iterator[Block]:
    path = (*title.headings, title.text)
    for block in blocks[title.index + 1 :]:
        if block.headings[: len(path)] != path:
            return
        if block.region == title.region:
            yield block


def _kicker(blocks: Sequence[Block], title: Block) -> Block | None:
    if not title.index:
        return None
    above = blocks[title.index - 1]
    is_short = word_count(above.text) <= _KICKER_WORDS and above.text[-1] not in ".,;"
    is_plain = (
        above.region == title.region and above.tag not in ("button", "a", "li", "label", "td") and not above.links
    )
    is_smaller = not above.level or above.level > title.level
    return above if is_short and is_plain and is_smaller and word_count(above.text) else None


@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """The comparison key of a label without numbering, emoji and closing punctuation: "02. Our Mission:" -> "our mission"."""
    return key(_DECORATION.sub("", _DECORATION.sub("", label)))
