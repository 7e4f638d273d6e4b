"""Looking a question up: the best passages of an agent's collections and their best sentences, scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pipelines.answers import extractive, kinds
from pipelines.answers.extractive import Found, Sentence, Words
from pipelines.answers.kinds import Asked
from pipelines.answers.pages import prior
from pipelines.answers.sentences import Part
from pipelines.clients import embedder
from pipelines.knowledge.search import search
from store.agents import words
from store.agents.values import Config
from store.knowledge.languages import config_of
from store.knowledge.search import Passage

TOP_K = 8
POOL = 60  # of which the best TOP_K are taken
FOREIGN = 0.05  # what a passage loses by being in another language than the question, where some are in it
ALIKE = 0.8  # share of all their words that passages have in common which say the same


class Look(Struct, frozen=True):
    """What was found for a question; `share`: how much of what was `said` the best sentence's passage has."""

    passages: list[Passage]
    found: Found
    vector: np.ndarray
    share: float = 0.0

    @property
    def confidence(self) -> float:
        """How likely the passages hold the answer."""
        return extractive.confidence(self.found.score) if self.found.ranked else 0.0


class Rated(Struct, frozen=True):
    """A passage that is looked at; what its page adds to its score, and takes from its place among others."""

    passage: Passage
    gain: float
    handicap: float


def look_up(workspace_id: str, query: str, agent: Config, *, said: str | None = None) -> Look:
    """Look `query` up; of the best passages' sentences, those nearest to what was `said` come first."""
    asked = [kinds.of(one) for one in ([query] if said is None else [query, said])]
    pool = search(workspace_id, agent.collection_ids, asked[0].sought, POOL) if agent.collection_ids else []
    rated = chosen(asked[0], pool)
    passages = [one.passage for one in rated]
    found, by_passage = extractive.candidates(passages, asked[0])
    texts = dict.fromkeys([query, *(one.sought for one in asked)])
    texts |= dict.fromkeys(text for one in found for text in (one.text, one.about))
    vectors = dict(zip(texts, embedder.embed(list(texts)), strict=True))
    if not found:
        return Look(passages, Found([], by_passage), vectors[query])
    asked = [_as_shown(one, found) for one in asked]
    cuts = _cut(asked, passages, by_passage)
    wanted = {word for cut in cuts for one in cut.values() for word in one.question}
    weight = extractive.weights(*words.frequencies(workspace_id, agent.collection_ids, wanted))
    said_by, about = np.stack([vectors[one.text] for one in found]), np.stack([vectors[one.about] for one in found])
    of_passages = np.array([rated[one.passage].passage.score + rated[one.passage].gain for one in found])
    scores = [
        np.maximum(said_by @ vectors[one.sought], about @ vectors[one.sought])
        + extractive.overlaps(found, by_passage, cut, weight=weight)
        + extractive.shown(found, by_passage, one)
        + of_passages
        for one, cut in zip(asked, cuts, strict=True)
    ]
    order = scores[-1] - np.array([rated[one.passage].handicap for one in found])
    ranked = extractive.rank(found, by_passage, scores[0].tolist(), order=order.tolist())
    share = extractive.share_of_passage(cuts[-1][ranked.ranked[0][1].passage], weight=weight)
    return Look(passages, ranked, vectors[query], share)


def chosen(asked: Asked, pool: Sequence[Passage]) -> list[Rated]:
    """The passages that are looked at, best first: by the search, by what their pages are for, and by having what the
    question asks for.

    Of passages that say the same one is enough, and those in the question's language go before like ones in another.
    """
    speaks = asked.language is not None and any(one.language == asked.language for one in pool)
    order: list[tuple[float, Rated]] = []
    for one in pool:
        gain, handicap = prior(asked, one)
        if speaks and one.language not in (None, asked.language):
            handicap += FOREIGN
        order.append((one.score + gain - handicap + asked.gained_by(one.content), Rated(one, gain, handicap)))
    order.sort(key=lambda of: -of[0])
    found: list[Rated] = []
    said: list[set[str]] = []
    for _, rated in order:
        its = set(rated.passage.content.casefold().split())
        if not any(len(its & other) > ALIKE * len(its | other) for other in said):
            found.append(rated)
            said.append(its)
        if len(found) == TOP_K:
            break
    return found


def _as_shown(asked: Asked, found: Sequence[Sentence]) -> Asked:
    """The question without its kind where that is no sure one and nothing has its sign."""
    is_shown = asked.is_sure or any(asked.shown_by(one.text) for one in found)
    return asked if is_shown else Asked(asked.said, rest=asked.said, language=asked.language)


def _cut(
    asked: Sequence[Asked], passages: Sequence[Passage], by_passage: dict[int, list[Part]]
) -> list[dict[int, Words]]:
    """For each thing asked: the words of the first passages' titles and sentences, and its own as each cuts them."""
    texts = [
        (config_of(passages[index].language), text)
        for index, parts in by_passage.items()
        for text in (*(one.rest for one in asked), passages[index].title, *(part.text for part in parts))
    ]
    cut = iter(words.cut(texts))
    found: list[dict[int, Words]] = [{} for _ in asked]
    for index, parts in by_passage.items():
        questions = [next(cut) for _ in asked]
        title, its = next(cut), [next(cut) for _ in parts]
        for known, one, question in zip(found, asked, questions, strict=True):
            shown = [said | one.shown_by(part.text) for part, said in zip(parts, its, strict=True)]
            known[index] = Words(question | one.mark, title, shown)
    return found
