"""Finds the people and organisations that a text names: "startups, freelancers and DevOps teams who …" gives three.

Only nouns in `words/audience.yaml` count, so "speed and everyday use" gives none.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.text import key, word_count

_MAX_NAME_WORDS = 5
_MANY = 8
_EDGE = re.compile(r"^[^\w]+|[^\w)]+$")


def is_people(text: str) -> bool:
    """Whether a short text names people and nothing else: "Land Investors"."""
    named = people_in(text)
    return len(named) == 1 and key(named[0]) == key(text)


def people_in(text: str, *, alone: bool = False) -> list[str]:
    """The names of people that open a text: "startups, freelancers and DevOps teams who …" gives three.

    `alone`: one of them counts as well ("whether you're a dog lover").
    """
    found: list[str] = []
    clause = re.split(r"[.:;!?(]|\s[\u2013\u2014|-]\s", text, maxsplit=1)[0]
    for part in _splitter().split(clause)[:_MANY]:
        name, whole = _name(part, alone=alone)
        if name:
            found.append(name)
        elif found and part.strip():
            break
        if not whole:
            break
    return found


def _name(part: str, *, alone: bool) -> tuple[str, bool]:
    """(the people a part names or "", whether the part holds nothing after them)."""
    tokens = part.strip(" :").split()
    while tokens and key(tokens[0]) in words.keys("audience", "openers"):
        tokens.pop(0)
    kept: list[str] = []
    for token in tokens:
        if key(token) in words.keys("audience", "stops") or token.endswith("'s"):
            break
        kept.append(token)
    whole = len(kept) == len(tokens)
    last = next((at for at in range(len(kept) - 1, -1, -1) if _is_people(kept, at, alone=alone)), None)
    if last is None:
        return "", whole and bool(kept) and len(kept) <= _MAX_NAME_WORDS
    kept = kept[: last + 1] if not _romance(kept[last]) else kept
    name = _EDGE.sub("", " ".join(kept))
    return (name if word_count(name) <= _MAX_NAME_WORDS and not name[:1].isdigit() else ""), whole


def _is_people(tokens: list[str], at: int, *, alone: bool) -> bool:
    """Whether the word at a place names people, alone or with the word before it ("law firm")."""
    word = key(tokens[at])
    if not word:
        return False
    last = word.split()[-1]
    pair = f"{key(tokens[at - 1])} {last}" if at else ""
    known = _people() | _one_person() if alone else _people()
    return any(one in known for one in (word, last, pair) if one)


def _romance(word: str) -> bool:
    """Whether adjectives follow the noun: "empresas pequeñas"."""
    return key(word) in _romance_people()


@cache
def _people() -> frozenset[str]:
    """Plurals and collectives as keys; only English plurals are formed here, the other lists hold plurals."""
    table = words.topic("audience")["people"]
    others = {key(word) for name, nouns in table.items() if name != "en" for word in nouns}
    listed = {key(word) for word in table["en"]}
    plurals = {f"{word}s" for word in listed} | {word for word in listed if word.endswith("es") or word[:-1] in listed}
    return frozenset(others | plurals | words.keys("audience", "collective"))


@cache
def _one_person() -> frozenset[str]:
    table = words.topic("audience")["people"]
    others = {key(word)[:-1] for name in ("fr", "es", "pt", "nl") for word in table[name] if word.endswith("s")}
    return frozenset({key(word) for word in table["en"]} | others)


@cache
def _romance_people() -> frozenset[str]:
    table = words.topic("audience")["people"]
    english = {form for word in table["en"] for form in (key(word), f"{key(word)}s")}
    return frozenset(key(word) for name in ("fr", "es", "it", "pt") for word in table[name]) - english


@cache
def _splitter() -> re.Pattern[str]:
    joints = words.pattern("audience", "joints").pattern
    return re.compile(rf"\s*,\s*(?:(?:{joints})\s+)?|\s+(?:{joints})\s+|\s*/\s*", re.IGNORECASE)
