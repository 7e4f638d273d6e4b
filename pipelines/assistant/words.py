"""The assistant's words (words.yaml), read once, and how they are found in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_POLITE = re.compile(r"\b(please|then|now|thanks|thank you|just|and|bitte|danke|jetzt|und|that's|that is|it's)\b")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Everything in words.yaml."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return found


def says(message: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the message, as whole words."""
    return any(_pattern(phrase).search(message) for phrase in phrases)


def places(message: str, phrase: str) -> list[int]:
    """Where the phrase stands in the message, as whole words."""
    return [found.start() for found in _pattern(phrase).finditer(message)]


def is_only(message: str, phrases: Iterable[str]) -> bool:
    """Whether the message says at least one such phrase, and nothing else but politeness."""
    rest, found = _POLITE.sub(" ", message.lower()), 0
    for phrase in sorted(phrases, key=len, reverse=True):
        rest, times = _pattern(phrase).subn(" ", rest)
        found += times
    return found > 0 and not re.search(r"\w", rest)


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", re.IGNORECASE)
