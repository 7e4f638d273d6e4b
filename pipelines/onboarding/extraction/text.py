"""Small pure functions on text that every rule shares: folding, comparing keys, sentences, word counts.

`fold` keeps the site's own characters and only joins whitespace, so what it returns can be quoted verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "oe", "å": "aa"}
)
_NOT_WORD = re.compile(r"[^\w]+")
_SENTENCE_END = re.compile(
    r"(?<=[.!?\u2026])[\"'\u201d\u2019\u00bb)]*\s+(?=[\"'\u201c\u2018\u00ab\u201e(\u00bf\u00a1]*[^\W_a-z\u00df-\u00ff])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Dr|Mr|Mrs|Ms|St|Inc|Ltd|Co|Corp|No|Nr|vs|e\.g|i\.e|z\.B|d\.h|bzw|ca|etc|approx|Prof|Sr|Jr"
    r"|U\.S|Str|Tel|bd|av|p\.ej|n)\.$"
)


def fold(text: str) -> str:
    """Joins every run of whitespace to one space and trims."""
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """A comparison key: casefolded, accents and punctuation gone, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    if not plain.isascii():
        plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return _NOT_WORD.sub(" ", plain).replace("_", " ").strip()


def written_out(text: str) -> str:
    """Umlauts as URLs and domains spell them: "Über Röllinger" -> "Ueber Roellinger"."""
    return text.translate(_UMLAUTS)


def squeezed(text: str) -> str:
    """`key` without its spaces: "Smart Scanner" and "SmartScanner" compare equal."""
    return key(text).replace(" ", "")


def digest(text: str) -> str:
    """A short stable hash of the comparison key; equal for texts that differ in case or punctuation only."""
    return blake2b(key(text).encode(), digest_size=8).hexdigest()


def word_count(text: str) -> int:
    return len(key(text).split())


def sentences(text: str) -> list[str]:
    """Splits folded text into sentences, each a verbatim span of it. Common abbreviations do not end one."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[start : match.start()]):
            continue
        parts.append(text[start : match.end()].strip())
        start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def clip(text: str, limit: int) -> str:
    """The longest prefix of whole sentences (else of whole words) within `limit` characters; verbatim."""
    if len(text) <= limit:
        return text
    kept = ""
    for sentence in sentences(text):
        end = text.find(sentence, len(kept)) + len(sentence)
        if end > limit:
            break
        kept = text[:end]
    return kept or text[:limit].rsplit(" ", 1)[0]
