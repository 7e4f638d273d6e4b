"""Names of people in a sentence, and whether two names can be one person's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.people_east import KANA_NAME, sounds_like
from pipelines.perception.judge.places import is_place
from pipelines.perception.judge.text import Plain, fold, is_cjk, key

_LETTER = r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]"
_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}|['-](?={_LETTER}))*\.?")


@dataclass(frozen=True, slots=True)
class Person:
    start: int
    end: int
    name: str


def find_people(plain: Plain, start: int, end: int, taken: list[tuple[int, int]]) -> list[Person]:
    """Runs of two to four capitalised words that are no place, no role and none of the `taken` spans."""
    found: list[Person] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        while run and fold(run[-1][0]).rstrip(".") in _words("particles") | _words("no_names"):
            run.pop()
        titled = bool(run) and fold(run[0][0]).rstrip(".") in _words("titles")
        if titled:
            run.pop(0)
        capitals = [word for word in run if word[0][0].isupper()]
        if (2 <= len(capitals) <= 4 or (titled and len(capitals) == 1)) and len(run) <= 6:
            name = plain.text[run[0].start() : run[-1].end()].rstrip(".")
            if not is_place(name) and not all(is_place(word[0]) for word in capitals):
                found.append(Person(run[0].start(), run[0].start() + len(name), name))
        run.clear()

    text = plain.text
    for word in _WORD.finditer(text, start, end):
        said = word[0]
        folded = fold(said).rstrip(".")
        if run and text[run[-1].end() : word.start()] not in (" ", "  "):
            close()
        inside = any(low <= word.start() < high for low, high in taken)
        if inside or folded in _words("no_names") or folded in _trigger_words():
            close()
            continue
        initial = len(folded) == 1 and said[0].isupper()
        if said.endswith(".") and not initial and folded not in _words("titles"):
            if said[0].isupper():
                run.append(word)
            close()
            continue
        if (
            (said[0].isupper() and not (said.isupper() and len(said) > 1))
            or initial
            or (run and folded in _words("particles"))
        ):
            run.append(word)
        else:
            close()
    close()
    if not plain.folded.isascii():
        found.extend(
            Person(match.start(), match.end(), match[0])
            for match in KANA_NAME.finditer(text, start, end)
            if not any(low < match.end() and match.start() < high for low, high in taken)
        )
        found.sort(key=lambda person: person.start)
    return found


@cache
def _words(entry: str) -> frozenset[str]:
    return frozenset(topic("people")[entry])


@cache
def _trigger_words() -> frozenset[str]:
    """Single words that say what a claim is about: at a sentence's start they are capitalised and no name."""
    found: set[str] = set()
    for name in ("founder", "founded", "ceo", "headquarters", "other_role", "employees", "owner"):
        for language, listed in topic("concepts")[name].items():
            if isinstance(listed, list) and language not in ("takes", "called"):
                found.update(fold(phrase) for phrase in listed if " " not in phrase)
    return frozenset(found)


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in key(name).split() if part not in _words("particles") and part not in _words("titles"))


def same_person(first: str, second: str) -> bool:
    """ "P. Raman", "Raman", "Priya Raman" and "Priya K. Raman" can be one person; "Tom Raman" is another."""
    if is_cjk(first[0]) and second[0].isascii():
        return sounds_like(first, second) is not False
    a, b = _parts(first), _parts(second)
    if not a or not b:
        return False
    if len(a) == 1 or len(b) == 1:
        return bool(set(a) & set(b))
    if set(a) <= set(b) or set(b) <= set(a):
        return True
    if len(a) == len(b) and all(_is_case_of(one, other) for one, other in zip(a, b, strict=True)):
        return True
    if a[-1] != b[-1] and a[-1] not in b and b[-1] not in a:
        return False
    return a[0] == b[0] or (
        a[0][0] == b[0][0] and (len(a[0]) == 1 or len(b[0]) == 1 or a[0].startswith(b[0]) or b[0].startswith(a[0]))
    )


_CASE = re.compile(r"(?:owi|iem|em|ego|emu|im|ym|[aeiouy])$")


def _is_case_of(one: str, other: str) -> bool:
    """ "Jonasa Wendta" is Jonas Wendt in a Slavic case."""
    if one == other:
        return True
    first, second = _CASE.sub("", one), _CASE.sub("", other)
    return len(first) > 2 and first in (second, other)


def mentioned(name: str, plain: Plain, start: int, end: int) -> tuple[int, int] | None:
    """Where a known person's name, or the last part of it alone, stands."""
    folded = fold(name)
    place = plain.folded.find(folded, start, end)
    if place >= 0:
        return place, place + len(folded)
    parts = _parts(name)
    if not parts or is_cjk(name[0]):
        return None
    for part in (parts[-1], parts[0]):
        match = re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", plain.folded[start:end])
        if match and len(part) > 2 and plain.text[start + match.start()].isupper():
            return start + match.start(), start + match.end()
    return None
