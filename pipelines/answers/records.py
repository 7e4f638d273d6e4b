"""What passes between the parts of answering: passages in, an answer out."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

_PIECE = re.compile(r"\s*\S+|\s+$")
Mode = Literal["extractive", "generated", "fallback", "blocked", "small_talk", "hand_off"]


class Source(Struct, frozen=True, kw_only=True):
    """A passage that the answer quotes, as clients see it. `n` is its number in the text, as in [1]."""

    n: int
    document_id: str
    title: str
    chunk_index: int
    chunk_preview: str
    relevance_score: float
    page: int | None = None
    url: str | None = None


class Reply(Struct, frozen=True, kw_only=True):
    """An answer. `confidence` in [0, 1]: how likely it is that the collections hold the answer, by the best sentence.

    `is_answered`: the text comes from the sources (or needs none) and is not the fallback message. `escalate`: offer
    a person now. `note` says what was degraded, as `llm_unreachable`.
    """

    text: str
    sources: list[Source]
    confidence: float
    is_answered: bool
    mode: Mode
    escalate: bool = False
    note: str | None = None


def pieces(text: str) -> list[str]:
    """The text word by word, as streams tell it; together they are the text."""
    return _PIECE.findall(text)
