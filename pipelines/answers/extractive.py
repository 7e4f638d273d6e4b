"""An answer without a model: the best sentence of the best passages, quoted with its neighbours and its source.

A sentence's score is its cosine to the question, or its heading's; how much of the question's words (the rare ones count
for more) it has, it has with its neighbours and heading, and its whole passage has, the document's title always with it;
and its passage's score in the search with what its page is for (pages.py). What the question asks for (kinds.py) is a word
like its others; a menu goes behind. Measured on questions about paragraphs (XQuAD, 1,190) and on other people's words
for them (StackFAQ, 1,249, with and without the headings), each with and without the text that answers it: see MIDDLE.
Pure: vectors and word weights come from the caller.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pipelines.answers import sentences
from pipelines.answers.kinds import MARK, MARK_WEIGHT, Asked
from pipelines.answers.phrases import Phrases
from pipelines.answers.records import Source
from pipelines.answers.sentences import Part, joined

PASSAGES = 3  # whose sentences are looked at
PREVIEW = 240
OWN, NEAR, WHOLE = 0.3, 0.2, 0.2  # weights of the shares that the sentence, its neighbourhood and its passage have
# The score that becomes 0.5: 92 % of XQuAD's questions reach it, 15 % of them without the paragraph that answers; of other
# people's words 89 % and 25 % where the headings ask what is answered, 73 % and 22 % without them. AUROC 0.952, 0.914, 0.825.
MIDDLE = 1.4
STEEPNESS = 5.6  # 0.7 is then reached by 84 % and 8 %; 77 % and 11 %; 49 % and 8 %
BARE = -0.2  # a menu, a list of links
ALSO_WITHIN = 0.1  # a sentence of another document is added when its score is this near
LIST = 6  # what follows of a list or of steps
NEIGHBOURS = {"concise": 0, "detailed": 2}
LEAST, LEAST_ALONE = 4, 40  # characters of a sentence worth quoting, and of a heading where there is nothing else


class Sentence(Struct, frozen=True):
    """A candidate: which passage it stands in, at which place, what it says, and the heading that it stands under."""

    passage: int
    place: int
    text: str
    heading: str = ""

    @property
    def about(self) -> str:
        """What it is about: its heading, else itself."""
        return self.heading or self.text


class Found(Struct, frozen=True):
    """The best sentences, best first, each with its score."""

    ranked: list[tuple[float, Sentence]]
    by_passage: dict[int, list[Part]]

    @property
    def score(self) -> float:
        """The best score; 0 without a sentence."""
        return self.ranked[0][0] if self.ranked else 0.0


def candidates(passages: Sequence[Any], asked: Asked) -> tuple[list[Sentence], dict[int, list[Part]]]:
    """The sentences of the first passages that may be quoted, and all parts of them by passage."""
    by_passage = {index: sentences.split(passage.content) for index, passage in enumerate(passages[:PASSAGES])}
    found = [
        Sentence(index, place, part.text, parts[part.heading].text if part.heading is not None else "")
        for index, parts in by_passage.items()
        for place, part in enumerate(parts)
        if _says_something(parts, place, asked)
    ]
    return found, by_passage


def _says_something(parts: Sequence[Part], place: int, asked: Asked) -> bool:
    """Whether it can be an answer: a heading only where there is nothing else, or where it is a name with a role and a
    name is asked for; what announces the following only where that follows."""
    part = parts[place]
    if part.is_heading:
        if asked.kind == "who" and sentences.BESIDE in part.text:
            return bool(asked.shown_by(part.text))
        return len(part.text) >= LEAST_ALONE and all(one.is_heading for one in parts)
    announces = part.text.endswith(":") and (place + 1 == len(parts) or parts[place + 1].is_heading)
    return len(part.text) >= LEAST and not announces


def rank(
    found: Sequence[Sentence], by_passage: dict[int, list[Part]], scores: Sequence[float], *, order: Sequence[float]
) -> Found:
    """The candidates, each with its score, by the number that they have in `order` (most first)."""
    places = sorted(range(len(found)), key=lambda at: (-order[at], found[at].passage, found[at].place))
    return Found([(scores[at], found[at]) for at in places], by_passage)


class Words(Struct, frozen=True):
    """The words of a passage, cut as its language is: the question's by the same rule, the title's, each part's."""

    question: frozenset[str]
    title: frozenset[str]
    sentences: list[frozenset[str]]


def overlaps(
    found: Sequence[Sentence],
    by_passage: Mapping[int, Sequence[Part]],
    words: Mapping[int, Words],
    *,
    weight: Callable[[str], float],
) -> list[float]:
    """The weighted shares of the question's words, for each candidate; `words` are those of its passage."""
    wholes = {index: share_of_passage(one, weight=weight) for index, one in words.items()}
    scores = []
    for one in found:
        known, heading = words[one.passage], by_passage[one.passage][one.place].heading
        about = known.sentences[heading] if heading is not None else frozenset()
        near = known.title.union(about, *known.sentences[max(one.place - 1, 0) : one.place + 2])
        shares = (
            _share(known.question, known.title | known.sentences[one.place], weight),
            _share(known.question, near, weight),
            wholes[one.passage],
        )
        scores.append(OWN * shares[0] + NEAR * shares[1] + WHOLE * shares[2])
    return scores


def shown(found: Sequence[Sentence], by_passage: Mapping[int, Sequence[Part]], asked: Asked) -> list[float]:
    """What each candidate gains or loses by its looks: the sign of what is asked for; mere names of things."""
    gains = []
    for one in found:
        gain = asked.gained_by(one.text)
        is_bare = by_passage[one.passage][one.place].is_bare and gain <= 0
        gains.append(gain + (BARE if is_bare else 0.0))
    return gains


def share_of_passage(one: Words, *, weight: Callable[[str], float]) -> float:
    """The share of the question's words that the whole passage has."""
    return _share(one.question, frozenset[str]().union(one.title, *one.sentences), weight)


def _share(wanted: frozenset[str], having: frozenset[str], weight: Callable[[str], float]) -> float:
    whole = sum(map(weight, wanted))
    return sum(map(weight, wanted & having)) / whole if whole > 0 else 0.0


def weights(frequencies: Mapping[str, int], documents: int) -> Callable[[str], float]:
    """Inverse document frequency as in BM25, of words by how many chunks have them."""

    def weight(word: str) -> float:
        if word.startswith(MARK):
            return MARK_WEIGHT
        frequency = min(frequencies.get(word, 0), documents)
        return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))

    return weight


def confidence(score: float) -> float:
    """The score on [0, 1]; 0.5 at MIDDLE."""
    return 1 / (1 + math.exp(-STEEPNESS * (score - MIDDLE)))


def compose(
    found: Found, passages: Sequence[Any], *, style: str, max_length: int, phrases: Phrases, tone: str
) -> tuple[str, list[Source]]:
    """The quotes with their numbers, and the passages they stand in. `found` must not be empty."""
    best_score, best = found.ranked[0]
    first = passages[best.passage]
    lead = phrases.lead(first.title, tone=tone)
    around = NEIGHBOURS.get(style, 1)
    quote = _quote(found.by_passage[best.passage], best.place, around, max_length - len(lead) - 8)
    text = f"{lead}{phrases.quoted(quote)} [1]"
    sources = [source_of(1, first)]
    also = next(
        (
            one
            for score, one in found.ranked[1:]
            if score >= best_score - ALSO_WITHIN and passages[one.passage].document_id != first.document_id
        ),
        None,
    )
    if also is not None:
        more = f"{phrases.quoted(also.text)} [2]"
        if also.text not in quote and len(text) + 1 + len(more) <= max_length:
            text = f"{text} {more}"
            sources.append(source_of(2, passages[also.passage]))
    return text, sources


def source_of(number: int, passage: Any) -> Source:
    """A passage as the source of that number."""
    preview = joined(sentences.split(passage.content))
    return Source(
        n=number,
        document_id=passage.document_id,
        title=passage.title,
        chunk_index=passage.chunk_index,
        chunk_preview=preview if len(preview) <= PREVIEW else preview[:PREVIEW].rsplit(" ", 1)[0] + "…",
        relevance_score=round(min(max(float(passage.score), 0.0), 1.0), 4),
        page=getattr(passage, "page", None),
        url=getattr(passage, "url", None),
    )


def _quote(parts: Sequence[Part], place: int, around: int, room: int) -> str:
    """The sentence with as many neighbours under its heading as fit, the following ones first; cut if need be.

    Of a list only what follows belongs to it.
    """
    text = parts[place].text
    if len(text) > room:
        cut = text[: max(room - 1, 1)]
        return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"
    first = last = place
    if around and sentences.opens_list(parts, place):
        around = LIST
    for step in range(1, around + 1):
        if last == place + step - 1 and _fits(parts, place, range(first, place + step + 1), room):
            last = place + step
        is_prose = around < LIST and not parts[place].is_line and first == place - step + 1
        if is_prose and _fits(parts, place, range(place - step, last + 1), room):
            first = place - step
    return joined(parts[first : last + 1])


def _fits(parts: Sequence[Part], place: int, wanted: range, room: int) -> bool:
    """Whether these are places of one section, and short enough together."""
    if wanted[0] < 0 or wanted[-1] >= len(parts):
        return False
    some = parts[wanted[0] : wanted[-1] + 1]
    is_one = all(one.heading == parts[place].heading and not one.is_heading for one in some)
    return is_one and len(joined(some)) <= room
