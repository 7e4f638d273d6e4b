"""Plain text: paragraphs are what blank lines part."""

from __future__ import annotations

import re

from pipelines.knowledge.reading.blocks import Content, Text

_BLANK = re.compile(r"\n[ \t\f]*\n")


def read(text: str) -> Content:
    """The paragraphs of a text."""
    return Content(blocks=[Text(part.strip()) for part in _BLANK.split(text) if part.strip()])
