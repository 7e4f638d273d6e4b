"""What a word means beyond its spelling: one sense for a thing in all languages, a crude stem for all other words.

`stem` is what words are compared by: "pool", "piscina" and "Schwimmbad" come out as one. Words are in words/senses.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from pipelines.perception.judge.lexicon import Token, in_both_scripts, topic, word_set
from pipelines.perception.judge.text import crude_stem, fold, is_cjk

SENSE = "~"
_MOST_LINKS = 2
_SPELT_OUT = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae"})  # `fold` keeps a text's length, so it leaves these


def plain(word: str) -> str:
    """A word as the lists write it: folded, with ß, œ and æ spelt out."""
    return fold(word).translate(_SPELT_OUT)


@cache
def _table() -> tuple[dict[str, str], dict[str, tuple[tuple[str, str], ...]]]:
    """Whole words, and by their first three letters the beginnings of words, longest first."""
    whole: dict[str, str] = {}
    starts: dict[str, list[tuple[str, str]]] = {}
    for sense, words in (*topic("senses").items(), *topic("senses_east").items(), *topic("counters")["of"].items()):
        for word in map(plain, in_both_scripts(words)):
            if word.endswith("*"):
                starts.setdefault(word[:3], []).append((word[:-1], sense))
            elif " " not in word:
                whole.setdefault(word, sense)
    return whole, {first: tuple(sorted(listed, key=lambda one: -len(one[0]))) for first, listed in starts.items()}


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """The sense of a folded word, marked with `SENSE`, or its crude stem when no sense is known."""
    whole, starts = _table()
    word = word.translate(_SPELT_OUT)
    found = whole.get(word)
    if found is None:
        found = next((sense for start, sense in starts.get(word[:3], ()) if word.startswith(start)), None)
    return crude_stem(word) if found is None else SENSE + found


def is_sense(word: str) -> bool:
    return word.startswith(SENSE)


@cache
def _pairs() -> dict[str, dict[str, str]]:
    """By the first word of two that say one thing together, the second with the sense of both."""
    found: dict[str, dict[str, str]] = {}
    for sense, words in topic("senses").items():
        for parts in (plain(word).split() for word in words):
            if len(parts) == 2:
                found.setdefault(parts[0], {}).setdefault(parts[1], SENSE + sense)
    return found


def stems_of(tokens: Sequence[Token]) -> Iterator[tuple[str, Token]]:
    """The stem of each token, and of two that say one thing together ("check in", "carte de crédit") the sense of both.

    A compound of two words that have a sense ("Holzrahmen") says both.
    """
    pairs = _pairs()
    place = 0
    while place < len(tokens):
        token = tokens[place]
        seconds = pairs.get(token.word)
        last = _second(tokens, place, seconds) if seconds is not None else None
        if seconds is None or last is None:
            for said in _said(token.word):
                yield said, token
            place += 1
        else:
            yield seconds[tokens[last].word], token
            place = last + 1


def _second(tokens: Sequence[Token], first: int, seconds: dict[str, str]) -> int | None:
    """Where the second word of a pair stands: right behind the first, or behind small words that link the two."""
    links = word_set("filler", "links")
    for place in range(first + 1, min(first + 2 + _MOST_LINKS, len(tokens))):
        word = tokens[place].word
        if word in seconds:
            return place
        if word not in links:
            return None
    return None


@lru_cache(maxsize=32768)
def _said(word: str) -> tuple[str, ...]:
    """The stem of a word, or the senses of both parts when it is put together of two that have one."""
    spelt = word.translate(_SPELT_OUT)
    if len(spelt) < 2 * _PART or not spelt.isalpha() or is_cjk(spelt[0]) or _known(spelt) is not None:
        return (stem(word),)
    endings = word_set("filler", "endings")
    for place in range(_PART, len(spelt) - _PART + 1):
        last = _known(spelt[place:]) if spelt[place:] not in endings else None
        heads = (spelt[: place - len(joint)] for joint in _JOINTS if spelt.endswith(joint, 0, place))
        first = next(filter(None, map(_known, heads)), None) if last is not None else None
        if first is not None:
            return SENSE + first, f"{SENSE}{last}"
    return (stem(word),)


_PART = 4
_ENDING = 2
_JOINTS = ("", "s", "n", "es", "en", "er", "e")


def _known(word: str) -> str | None:
    """The sense of a word that stands in the lists, or of a listed beginning that leaves no more than an ending of it."""
    whole, starts = _table()
    if word in whole:
        return whole[word] if len(word) >= _PART else None
    listed = starts.get(word[:3], ())
    return next(
        (sense for start, sense in listed if word.startswith(start) and len(word) - len(start) <= _ENDING), None
    )
