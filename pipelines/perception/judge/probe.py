"""One checkable part of a fact, and a fact's sentence read as the judge reads answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.perception.judge.layout import read_layout
from pipelines.perception.judge.lexicon import Phrases, Token, language_of, tokens_of, topic, triggers, word_set
from pipelines.perception.judge.moments import Moment, find_moments
from pipelines.perception.judge.places import Spot
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.stated import Stated
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.judge.values import Value, find_values

Sort = Literal[
    "amount", "moment", "kind", "place", "people", "members", "name", "flag", "gist", "stated", "choice", "whole"
]


@dataclass(frozen=True, slots=True)
class Probe:
    """One checkable part of a fact. `words`: stems of what it is about, `topic` those of its predicate; `qualifiers`: those that tell its subject.

    `closed`: the names are all there are. `subject`: the owner of its claims when that is a product. `nouns`: stems of
    what a count counts. `deeds`: what is done with a set's members, as words/sets.yaml names it.
    """

    fact_id: str
    sort: Sort
    actual: str
    concept: str | None = None
    value: Value | None = None
    moment: Moment | None = None
    spots: tuple[Spot, ...] = ()
    wider: tuple[Spot, ...] = ()
    names: tuple[str, ...] = ()
    flag: bool = True
    words: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    qualifiers: frozenset[str] = frozenset()
    subject: str | None = None
    closed: bool = False
    language: str = "en"
    stated: Stated | None = None
    deeds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SentenceOfFact:
    """A statement, or the words of a predicate, as one unit."""

    unit: Unit
    plain: Plain
    language: str


def read_sentence(text: str, language: str | None = None) -> SentenceOfFact:
    """A sentence of a fact; without its language known, what its own words say."""
    plain = read_layout(text).plain
    tokens = tokens_of(plain.folded)
    language = language or language_of(tokens, plain.folded)
    end = len(plain.text)
    hits = triggers().find(tokens, plain.folded)
    moments = find_moments(plain.folded, 0, end)
    values = find_values(plain, tokens, language, 0, end, moments)
    return SentenceOfFact(Unit(0, end, (0, end), 0, tokens, hits, [], values, moments), plain, language)


@cache
def _deeds() -> Phrases:
    return Phrases([(fold(word), deed) for deed, words in topic("sets")["deeds"].items() for word in words])


def deeds_in(tokens: list[Token], folded: str, start: int, end: int) -> frozenset[str]:
    """What a text says is done: "sell", "deliver", "speak"."""
    return frozenset(hit.name for hit in _deeds().find(tokens, folded, start=start, end=end))


def content(text: str) -> frozenset[str]:
    """Stems of the words that say what a text is about."""
    empty = word_set("filler", "empty")
    return frozenset(
        said
        for said, token in stems_of(tokens_of(fold(text)))
        if token.word not in empty and not token.word[0].isdigit() and len(token.word) > 1
    )
