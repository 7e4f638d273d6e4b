"""Word lists as data: one YAML file per topic, `entry: {language: [phrase, ...]}` or nested one level deeper.

Rules ask for the union over languages: pages mix languages and their `lang` attribute is often a template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from pipelines.onboarding.extraction.text import key

_HERE = Path(__file__).parent


@cache
def topic(name: str) -> dict[str, Any]:
    """The raw content of `words/<name>.yaml`."""
    return msgspec.yaml.decode((_HERE / f"{name}.yaml").read_bytes())


@cache
def phrases(name: str, *path: str) -> tuple[str, ...]:
    """The phrases of one entry in all languages, in file order, without doubles.

    KeyError when the entry does not exist: a misspelt list must not pass for an empty one.
    """
    node = topic(name)
    for step in path:
        node = node[step]
    found: dict[str, None] = {}
    for per_language in node.values():
        found.update(dict.fromkeys(per_language))
    return tuple(found)


@cache
def keys(name: str, *path: str) -> frozenset[str]:
    """The same as comparison keys (see `text.key`)."""
    return frozenset(key(phrase) for phrase in phrases(name, *path))


@cache
def pattern(name: str, *path: str) -> Phrases:
    """Finds any phrase of the entry as whole words in verbatim text, whatever its case."""
    return any_of(phrases(name, *path))


def any_of(words: Iterable[str]) -> Phrases:
    """Compiles phrases into one finder."""
    return Phrases(tuple(words))


class Phrases:
    """A case-blind regular expression over phrases, longest first, each as whole words.

    Spaces in a phrase match any whitespace, an apostrophe matches straight and curly ones. Most texts hold none of
    the phrases: their words are compared as sets first, which is ten times faster than trying the expression.
    """

    def __init__(self, words: Sequence[str]) -> None:
        edges: dict[tuple[str, str], list[str]] = {}
        for word in sorted(words, key=len, reverse=True):
            body = re.escape(word).replace(r"\ ", r"\s+").replace("'", "['\u2019]")
            opens = r"(?<!\w)" if word[0].isalnum() else ""
            closes = r"(?!\w)" if word[-1].isalnum() else ""
            edges.setdefault((opens, closes), []).append(body)
        # One boundary check for all phrases with the same edges: a check per phrase is six times slower.
        self.pattern = "|".join(f"{opens}(?:{'|'.join(bodies)}){closes}" for (opens, closes), bodies in edges.items())
        self.compiled = re.compile(self.pattern, re.IGNORECASE)
        self._signs = frozenset(max(words_of(word), key=len, default="") for word in words)

    def search(self, text: str) -> re.Match[str] | None:
        return None if self._signs.isdisjoint(words_of(text)) else self.compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return iter(()) if self._signs.isdisjoint(words_of(text)) else self.compiled.finditer(text)

    def match(self, text: str) -> re.Match[str] | None:
        return self.compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.compiled.fullmatch(text)

    def sub(self, replacement: str, text: str) -> str:
        return self.compiled.sub(replacement, text)

    def split(self, text: str) -> list[str]:
        return self.compiled.split(text)


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case, as the expressions above see them."""
    return frozenset(re.findall(r"\w+", text.lower()))
