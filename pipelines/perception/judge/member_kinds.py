"""Members of closed sets by their kind: languages, places, colours, currencies, marks, in the words of any language.

A set is of a kind when most of its members are; then a sentence's own words for that kind are compared with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.lexicon import Phrases, Token, language_of, tokens_of, topic
from pipelines.perception.judge.places import Spot
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.terms import are_languages, languages_said, places_named
from pipelines.perception.judge.text import Plain, fold, key

_MOST = 0.66  # the share of a set's members that have to be of a kind


class Item(NamedTuple):
    """A word of a kind at text[start:end], and whether it is one of the set's members."""

    start: int
    end: int
    is_member: bool


@lru_cache(maxsize=1024)
def kind_of(names: tuple[str, ...]) -> str | None:
    """What the members of a set are, if that is one kind of which the judge knows the words."""
    if _most(names, [are_languages((name,)) for name in names]):
        return "language"
    for kind in topic("members"):
        if _most(names, [bool(_codes(name, kind)) for name in names]):
            return kind
    if _most(names, [marks().search(name) is not None for name in names]):
        return "mark"
    return "place" if all(spots_in(key(name), "en") for name in names) else None


def _most(names: tuple[str, ...], of_kind: list[bool]) -> bool:
    return sum(of_kind) >= max(1, _MOST * len(names))


@cache
def marks() -> re.Pattern[str]:
    """Certificates and labels, as an expression over an answer's text."""
    bounded = "|".join(topic("sets")["certificates"])
    return re.compile(rf"(?<![A-Za-z0-9])(?:{bounded})(?![A-Za-z0-9])", re.IGNORECASE)


@cache
def _words(kind: str) -> tuple[Phrases, frozenset[str]]:
    table = topic("members")[kind]
    listed = [(fold(word), code) for code, words in table.items() for word in words]
    capitals = frozenset(
        fold(word) for words in table.values() for word in words if word.isascii() and word.isalpha() and word.isupper()
    )
    return Phrases(listed), capitals


def _found(tokens: list[Token], plain: Plain, kind: str, start: int, end: int) -> Iterator[tuple[int, int, set[str]]]:
    """The longest words of a kind; those side by side are one: "sage green"."""
    phrases, capitals = _words(kind)
    held: tuple[int, int, set[str]] | None = None
    for hit in sorted(
        phrases.find(tokens, plain.folded, start=start, end=end), key=lambda hit: (hit.start, hit.start - hit.end)
    ):
        said = plain.folded[hit.start : hit.end]
        if (said in capitals and not plain.text[hit.start : hit.end].isupper()) or (held and hit.start < held[1]):
            if held and hit.start == held[0] and hit.end == held[1]:
                held[2].add(hit.name)
            continue
        if held and kind == "colour" and plain.folded[held[1] : hit.start] in (" ", "-"):
            held = (held[0], hit.end, held[2] | {hit.name})
            continue
        if held:
            yield held
        held = (hit.start, hit.end, {hit.name})
    if held:
        yield held


@lru_cache(maxsize=4096)
def _codes(name: str, kind: str) -> frozenset[str]:
    plain = Plain(name, name, fold(name), list(range(len(name))))
    found = list(_found(tokens_of(plain.folded), plain, kind, 0, len(name)))
    covered = sum(high - low for low, high, _ in found)
    return frozenset(code for _, _, codes in found for code in codes) if covered * 2 >= len(name) else frozenset()


def items_said(unit: Unit, plain: Plain, names: tuple[str, ...], kind: str, language: str) -> list[Item]:
    """Every word of the kind in a sentence, in its order."""
    if kind == "language":
        return [Item(*term) for term in languages_said(unit, plain, names, language)]
    if kind == "place":
        spots: list[tuple[Spot, ...]] = [spots_in(key(name), "en") for name in names]
        return [Item(*term) for term in places_named(unit, plain, spots, language)]
    if kind == "mark":
        known = [plain_mark(name) for name in names]
        return [
            Item(match.start(), match.end(), any(same_mark(plain_mark(match[0]), name) for name in known))
            for match in marks().finditer(plain.text, unit.start, unit.end)
        ]
    codes = frozenset(code for name in names for code in _codes(name, kind))
    return [
        Item(low, high, bool(found & codes))
        for low, high, found in _found(unit.tokens, plain, kind, unit.start, unit.end)
    ]


def is_of_set(said: str, names: tuple[str, ...]) -> bool | None:
    """Whether words name a member of a set, in whichever language; None when the judge does not know them as of its kind."""
    kind = kind_of(names)
    if kind is None:
        return None
    plain = Plain(said, said, fold(said), list(range(len(said))))
    tokens = tokens_of(plain.folded)
    unit = Unit(0, len(said), (0, len(said)), 0, tokens, [], [], [])
    found = items_said(unit, plain, names, kind, language_of(tokens, plain.folded))
    return any(item.is_member for item in found) if found else None


def plain_mark(text: str) -> str:
    return re.sub(
        r"[^a-z0-9]|type(?:ii|i|2|1)$|iec|certified|certification|corporation", "", fold(text).replace(" ", "")
    )


def same_mark(first: str, second: str) -> bool:
    return bool(first) and bool(second) and (first.startswith(second) or second.startswith(first))
