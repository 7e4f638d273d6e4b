"""How much of one page the rules look at: a page may be 5 MB of anything, and some rules compare blocks with blocks.

Called by `open_page`. What lies beyond the bounds is not read; no page written for people comes near them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.onboarding.extraction.blocks import Block

MAX_BLOCKS = 2_000
MAX_BLOCK_CHARACTERS = 5_000
MAX_CHARACTERS = 400_000


def bounded(blocks: Sequence[Block]) -> list[Block]:
    """The first blocks of a page, long ones cut short, as many as fit."""
    return list(_within(blocks))


def _within(blocks: Sequence[Block]) -> Iterator[Block]:
    left = MAX_CHARACTERS
    for block in blocks[:MAX_BLOCKS]:
        kept = block if len(block.text) <= MAX_BLOCK_CHARACTERS else _cut_short(block)
        left -= len(kept.text)
        if left < 0:
            return
        yield kept


def _cut_short(block: Block) -> Block:
    """The block's beginning; a lead, lines and links that reach beyond it are left out."""
    text = block.text[:MAX_BLOCK_CHARACTERS].rstrip()
    return replace(
        block,
        text=text,
        lines=tuple(line for line in block.lines if line in text),
        lead=block.lead if block.lead in text else "",
        links=tuple(link for link in block.links if link[1] in text),
    )
