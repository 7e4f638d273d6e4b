"""Polish names of places in their cases: "we Wrocławiu", "z Walencji", "w Nowym Jorku" are Wrocław, Valencia, New York."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product

from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.places import Spot, spots_of
from pipelines.perception.judge.text import key
from pipelines.perception.judge.towns import towns_named

_MOST_WORDS = 3
_SHORTEST = 3  # letters of a name before its ending


def spots_in(name: str, language: str) -> tuple[Spot, ...]:
    """What a name can mean as it stands, and in Polish as a form of another."""
    spots = spots_of(name)
    return spots if spots or language != "pl" else _declined(key(name))


@lru_cache(maxsize=4096)
def _declined(name: str) -> tuple[Spot, ...]:
    words = name.split()
    if len(words) > _MOST_WORDS:
        return ()
    for forms in product(*(_forms(word) for word in words)):
        told = " ".join(forms)
        known = _exonyms().get(told, told)
        spots = spots_of(known) or (towns_named(known) if known != told else ())
        if spots:
            return spots
    return ()


def _forms(word: str) -> list[str]:
    """The names that a word can be a case of, itself first."""
    found = [word]
    for ending, bases in _cases():
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            root = word[: len(word) - len(ending)]
            found.extend(root + base for base in bases)
    return found


@cache
def _cases() -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = topic("exonyms")["cases"]
    return tuple((ending, tuple(table[ending])) for ending in sorted(table, key=len, reverse=True))


@cache
def _exonyms() -> dict[str, str]:
    return topic("exonyms")["pl"]
