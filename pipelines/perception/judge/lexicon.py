"""The judge's words as data: `words/concepts.yaml` and `words/scope.yaml`, looked up token by token.

Every list is read folded (lower case, no accents), in all languages at once: answers mix languages, and a trigger
word of one seldom means another thing in the next. Where it does (negations), the scope's words go by language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pipelines.perception.judge.segments import Segmenter
from pipelines.perception.judge.text import fold, is_cjk, key, spoken

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "ja", "zh")
_HERE = Path(__file__).parent / "words"
TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Token(NamedTuple):
    word: str
    start: int
    end: int


class Hit(NamedTuple):
    """A phrase of a list in a text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concept:
    name: str
    takes: frozenset[str]
    event: bool
    decoy: bool


@cache
def topic(name: str) -> dict[str, Any]:
    """The raw content of `words/<name>.yaml`, its lists grown by those of the files in `words/<name>/`."""
    found: dict[str, Any] = msgspec.yaml.decode((_HERE / f"{name}.yaml").read_bytes())
    for file in sorted((_HERE / name).glob("*.yaml")):
        for entry, words in msgspec.yaml.decode(file.read_bytes()).items():
            found[entry] = [*found.get(entry, ()), *words]
    return found


@cache
def expression(name: str, *, of: str = "expressions") -> re.Pattern[str]:
    """The expression over folded text of `words/<of>.yaml`."""
    return re.compile(topic(of)[name])


class Phrases:
    """Finds phrases in tokens. Words that end in `*` match as beginnings; CJK phrases match inside a run."""

    def __init__(self, named: list[tuple[str, str]]) -> None:
        self._first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._starts: dict[str, list[tuple[str, str]]] = {}
        scripts: dict[str, list[str]] = {}
        for phrase, name in named:
            if phrase and is_cjk(phrase[0]):
                scripts.setdefault(fold(phrase), []).append(name)
            elif phrase.endswith("*"):
                root = key(phrase)
                self._starts.setdefault(root[:3], []).append((root, name))
            else:
                words = tuple(key(phrase).split())
                if words:
                    self._first.setdefault(words[0], []).append((words, name))
        for found in self._first.values():
            found.sort(key=lambda entry: -len(entry[0]))
        self._scripts = scripts
        alternatives = "|".join(map(re.escape, sorted(scripts, key=len, reverse=True)))
        self._script = re.compile(alternatives) if alternatives else None

    def find(self, tokens: list[Token], folded: str, *, start: int = 0, end: int | None = None) -> list[Hit]:
        """Every phrase in order of place; a longer phrase of one name covers its shorter ones."""
        hits: list[Hit] = []
        count = len(tokens)
        for place, token in enumerate(tokens):
            for words, name in self._first.get(token.word, ()):
                size = len(words)
                if size == 1 or (
                    place + size <= count and all(tokens[place + step].word == words[step] for step in range(1, size))
                ):
                    hits.append(Hit(name, token.start, tokens[place + size - 1].end))
            for root, name in self._starts.get(token.word[:3], ()):
                if token.word.startswith(root):
                    hits.append(Hit(name, token.start, token.end))
        if self._script is not None and not folded.isascii():
            for match in self._script.finditer(folded, start, len(folded) if end is None else end):
                hits.extend(Hit(name, match.start(), match.end()) for name in self._scripts[match[0]])
        return _uncovered(hits)


def _uncovered(hits: list[Hit]) -> list[Hit]:
    """Without hits of a name that lie inside another hit of that name."""
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    reach: dict[str, int] = {}
    kept = []
    for hit in hits:
        if hit.end > reach.get(hit.name, -1):
            kept.append(hit)
            reach[hit.name] = hit.end
    return kept


def tokens_of(folded: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words of folded text with their places; "brand's" and "l'azienda" come as two, runs without spaces as their words."""
    found: list[Token] = []
    for match in TOKEN.finditer(folded, start, len(folded) if end is None else end):
        word = match[0]
        if not word.isascii() and any(map(is_cjk, word)):
            begin = match.start()
            found.extend(Token(word[low:high], begin + low, begin + high) for low, high in segmenter().cut(word))
            continue
        if "'" not in word:
            found.append(Token(word, match.start(), match.end()))
            continue
        place = match.start()
        for part in word.split("'"):
            if part:
                found.append(Token(part, place, place + len(part)))
            place += len(part) + 1
    return found


@cache
def segmenter() -> Segmenter:
    """Cuts runs of Chinese characters and kana by the words that have a sense."""
    senses = (*topic("senses").values(), *topic("senses_east").values())
    lone = set(in_both_scripts(word for words in senses for word in words))
    listed = (*senses, *topic("counters")["of"].values())
    known = in_both_scripts(word for words in listed for word in words if is_cjk(word[0]))
    return Segmenter(frozenset(fold(word) for word in known if len(word) > 1 or word in lone))


@cache
def _traditional() -> dict[int, str]:
    table = topic("traditional")
    return dict(zip(map(ord, table["simplified"]), table["traditional"], strict=True))


def in_both_scripts(phrases: Iterable[str]) -> list[str]:
    """Chinese phrases as they are and, where that differs, in traditional characters."""
    return list(dict.fromkeys(form for phrase in phrases for form in (phrase, phrase.translate(_traditional()))))


@cache
def concepts() -> dict[str, Concept]:
    return {
        name: Concept(name, frozenset(entry["takes"]), bool(entry.get("event")), bool(entry.get("decoy")))
        for name, entry in topic("concepts").items()
    }


@cache
def triggers() -> Phrases:
    """Finds the concepts of a text."""
    return Phrases(
        [
            (phrase, name)
            for name, entry in topic("concepts").items()
            for language in LANGUAGES
            for phrase in _written(entry, language)
        ]
    )


def _written(entry: dict[str, Any], language: str) -> Iterable[str]:
    listed = entry.get(language, ())
    return in_both_scripts(listed) if language == "zh" else listed


@cache
def _called() -> dict[str, str]:
    return {key(said): name for name, entry in topic("concepts").items() for said in entry.get("called", ())}


@lru_cache(maxsize=4096)
def concept_of_predicate(predicate: str) -> str | None:
    """The concept that a fact's predicate names, in whatever spelling; the longest phrase inside it else."""
    told = spoken(predicate)
    if not told:
        return None
    called = _called()
    if told in called:
        return called[told]
    words = told.split()
    for size in range(len(words) - 1, 0, -1):
        for place in range(len(words) - size, -1, -1):
            part = " ".join(words[place : place + size])
            if part in called and _covers(called[part], words[:place] + words[place + size :]):
                return called[part]
    tokens = tokens_of(told)
    hits = [hit for hit in triggers().find(tokens, told) if not concepts()[hit.name].decoy]
    hits = [hit for hit in hits if _covers(hit.name, (told[: hit.start] + told[hit.end :]).split())]
    return max(hits, key=lambda hit: hit.end - hit.start).name if hits else None


def _covers(name: str, rest: list[str]) -> bool:
    """Whether a concept still says what a predicate is about: "people_reached" and "class_size" count no employees."""
    special = concepts()[name].takes - {"count", "bool"} and name not in (
        "range",
        "dimensions",
        "volume",
        "storage",
        "share",
        "power",
    )
    return bool(special) or set(rest) <= word_set("filler", "general")


@cache
def phrases(name: str, *path: str) -> tuple[str, ...]:
    """The phrases of one entry in all languages. KeyError when the entry does not exist."""
    node = topic(name)
    for step in path:
        node = node[step]
    if isinstance(node, list):
        return tuple(node)
    return tuple(dict.fromkeys(phrase for language in node.values() for phrase in language))


@cache
def word_set(name: str, *path: str) -> frozenset[str]:
    return frozenset(key(phrase) for phrase in phrases(name, *path))


@cache
def finder(name: str, language: str | None, *entries: str) -> Phrases:
    """Finds the phrases of several entries of a topic, each hit named by its entry; one language's, or all."""
    named: list[tuple[str, str]] = []
    for entry in entries:
        table = topic(name)[entry]
        spoken_in = LANGUAGES if language is None else (language, "any")
        named.extend((phrase, entry) for one in (*spoken_in, "any") for phrase in _written(table, one))
    return Phrases(list(dict.fromkeys(named)))


@cache
def _common_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in topic("scope")["common_words"].items():
        for word in words:
            found.setdefault(fold(word), []).append(language)
    for table in topic("numbers")["units"], topic("numbers")["tens"]:
        for language, words in table.items():
            for word in words:
                found.setdefault(fold(word), []).append(language)
    return {word: tuple(dict.fromkeys(languages)) for word, languages in found.items()}


_RARE = 0.4  # what a word of a topic says of the language, against one of the small words


@cache
def _topic_words() -> dict[str, tuple[str, ...]]:
    """Single words of the concepts, by the languages that have them."""
    found: dict[str, list[str]] = {}
    for entry in topic("concepts").values():
        for language in LANGUAGES:
            for phrase in entry.get(language, ()):
                if phrase.isalpha():
                    found.setdefault(fold(phrase), []).append(language)
    return {word: tuple(dict.fromkeys(languages)) for word, languages in found.items()}


def language_of(tokens: list[Token], text: str) -> str:
    """The language that most of the small words belong to; English when none says anything."""
    sample = text[:4000]
    kana = sum("\u3040" <= char <= "\u30ff" for char in sample)
    han = sum("\u4e00" <= char <= "\u9fff" for char in sample)
    dense = (kana + han) * 4 > len(sample) or (kana + han) > 2 * sum(
        token.word.isascii() and token.word.isalpha() for token in tokens[:600]
    )
    if kana > 3 and dense:
        return "ja"
    if han > 3 and dense:
        return "ja" if kana * 10 > han else "zh"
    counts = dict.fromkeys(LANGUAGES, 0.0)
    common, rare = _common_words(), _topic_words()
    for token in tokens[:600]:
        languages = common.get(token.word)
        if languages:
            for language in languages:
                counts[language] += 1.0 / len(languages)
        for language in rare.get(token.word, ()):
            counts[language] += _RARE / len(rare[token.word])
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > 0 else "en"
