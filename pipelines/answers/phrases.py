"""What an agent says of its own, in the question's language: words around a quote, greetings, handing over to a person.

A language without phrases gets the quote alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from store.kit import structs

FILE = Path(__file__).parent / "phrases.yaml"
NEUTRAL = ("professional", "formal", "neutral")
_WORDS = re.compile(r"[^\W_]+")
MOST_WORDS = 4  # of a greeting; what is longer asks something


class Phrases(Struct, frozen=True, kw_only=True):
    """One language. `{title}` stands for the quoted document's."""

    friendly: str = ""
    neutral: str = ""
    quotes: tuple[str, str] = ("“", "”")
    hand_off: str = ""
    thanks: str = ""
    greetings: tuple[str, ...] = ()
    thanking: tuple[str, ...] = ()

    def lead(self, title: str, *, tone: str) -> str:
        """What stands before a quote."""
        pattern = self.neutral if tone in NEUTRAL else self.friendly
        return pattern.replace("{title}", title) + " " if pattern else ""

    def quoted(self, text: str) -> str:
        """The text in this language's quotation marks."""
        return f"{self.quotes[0]}{text}{self.quotes[1]}"


def of(language: str | None) -> Phrases:
    """The language's phrases, or plain quotation marks."""
    return _all().get(language or "", Phrases())


def small_talk(message: str) -> tuple[str, str] | None:
    """("greeting" or "thanks", language) of a message that is nothing else."""
    words = _folded(message).split()
    if not 0 < len(words) <= MOST_WORDS:
        return None
    said = " ".join(words)
    for language, phrases in _all().items():
        for kind, known in (("greeting", phrases.greetings), ("thanks", phrases.thanking)):
            if said in known:
                return kind, language
    return None


def mentions(message: str, phrases: list[str]) -> bool:
    """Whether one of the phrases stands in the message, as whole words, whatever their case or accents."""
    said = f" {_folded(message)} "
    return any(f" {wanted} " in said for phrase in phrases if (wanted := _folded(phrase)))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


@lru_cache(maxsize=1)
def _all() -> dict[str, Phrases]:
    found = structs.convert(msgspec.yaml.decode(FILE.read_bytes()), dict[str, Phrases])
    return {
        language: msgspec.structs.replace(
            one, greetings=tuple(map(_folded, one.greetings)), thanking=tuple(map(_folded, one.thanking))
        )
        for language, one in found.items()
    }
