"""The assistant's words (words.yaml), read once, and how they are found in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Everything in words.yaml."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return found


def says(message: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the message, as whole words."""
    return any(_pattern(phrase).search(message) for phrase in phrases)


def is_only(message: str, phrases: Iterable[str]) -> bool:
    """Whether the message says nothing but such phrases (and politeness)."""
    rest = re.sub(r"\b(please|then|now|thanks|thank you|just|and|that's|that is|it's)\b", " ", message.lower())
    for phrase in sorted(phrases, key=len, reverse=True):
        rest = _pattern(phrase).sub(" ", rest)
    return not re.search(r"\w", rest)


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", re.IGNORECASE)
