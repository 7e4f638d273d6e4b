"""Words inside runs of Chinese characters and kana, which have no spaces: "従業員は1200名" holds 従業員, 1200 and 名.

Known words come first, the longest at each place; what is left counts as a word when it is two or more characters or
kana of a foreign word. Particles and endings in hiragana are no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PART = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_REST = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}|[\u3400-\u9fff]{2,}|[\uac00-\ud7a3]{2,}")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")
_SHORT_KANA = 3  # a katakana word like this is often a part of a longer one: バー in バーガー


class Segmenter:
    """Cuts runs by a list of known words."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._longest: dict[str, int] = {}
        for word in words:
            self._longest[word[0]] = max(self._longest.get(word[0], 0), len(word))
        self.cut = lru_cache(maxsize=8192)(self._cut)

    def _cut(self, run: str) -> tuple[tuple[int, int], ...]:
        """The spans of the words of a run."""
        found: list[tuple[int, int]] = []
        for part in _PART.finditer(run):
            if part[0].isascii() or not self._is_dense(part[0]):
                found.append(part.span())
            else:
                found.extend((part.start() + low, part.start() + high) for low, high in self._dense(part[0]))
        return tuple(found)

    @staticmethod
    def _is_dense(part: str) -> bool:
        return part[0] >= "\u3040"

    def _dense(self, part: str) -> Iterator[tuple[int, int]]:
        place = rest = 0
        while place < len(part):
            size = self._known_at(part, place)
            if not size:
                place += 1
                continue
            yield from ((rest + one.start(), rest + one.end()) for one in _REST.finditer(part[rest:place]))
            yield place, place + size
            place += size
            rest = place
        yield from ((rest + one.start(), rest + one.end()) for one in _REST.finditer(part[rest:]))

    def _known_at(self, part: str, place: int) -> int:
        for size in range(min(self._longest.get(part[place], 0), len(part) - place), 0, -1):
            word = part[place : place + size]
            if word in self._words and not (size <= _SHORT_KANA and _inside_kana(part, place, place + size)):
                return size
        return 0


def _inside_kana(part: str, start: int, end: int) -> bool:
    if not _KATAKANA.fullmatch(part, start, end):
        return False
    return bool(_KATAKANA.match(part[end : end + 1]) or (start and _KATAKANA.match(part[start - 1])))
