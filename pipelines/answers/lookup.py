"""Looking a question up: the best passages of an agent's collections and their best sentences, scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pipelines.answers import extractive
from pipelines.answers.extractive import Found, Words
from pipelines.answers.sentences import Part
from pipelines.clients import embedder
from pipelines.knowledge.search import search
from store.agents import words
from store.agents.values import Config
from store.knowledge.languages import config_of
from store.knowledge.search import Passage

TOP_K = 8


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


def look_up(workspace_id: str, query: str, agent: Config, *, said: str | None = None) -> Look:
    """Look `query` up; of the best passages' sentences, those nearest to what was `said` come first."""
    passages = search(workspace_id, agent.collection_ids, query, TOP_K) if agent.collection_ids else []
    found, by_passage = extractive.candidates(passages)
    asked = [query] if said is None else [query, said]
    headings = list(dict.fromkeys(one.heading for one in found if one.heading))
    vectors = embedder.embed([*asked, *(one.text for one in found), *headings])
    if not found:
        return Look(passages, Found([], by_passage), vectors[0])
    cuts = _cut(asked, passages, by_passage)
    wanted = {word for cut in cuts for one in cut.values() for word in one.question}
    weight = extractive.weights(*words.frequencies(workspace_id, agent.collection_ids, wanted))
    places = {heading: len(found) + place for place, heading in enumerate(headings)}
    of_headings = [places.get(one.heading, place) for place, one in enumerate(found)]
    of_passages = np.array([passages[one.passage].score for one in found])
    cosines = vectors[: len(asked)] @ vectors[len(asked) :].T
    scores = [
        (
            np.maximum(near[: len(found)], near[of_headings])
            + extractive.overlaps(found, by_passage, cut, weight=weight)
            + of_passages
        ).tolist()
        for near, cut in zip(cosines, cuts, strict=True)
    ]
    ranked = extractive.rank(found, by_passage, scores[0], order=scores[-1])
    share = extractive.share_of_passage(cuts[-1][ranked.ranked[0][1].passage], weight=weight)
    return Look(passages, ranked, vectors[0], share)


def _cut(
    asked: Sequence[str], passages: Sequence[Passage], by_passage: dict[int, list[Part]]
) -> list[dict[int, Words]]:
    """For each thing asked: the words of the first passages' titles and sentences, and its own as each cuts them."""
    texts = [
        (config_of(passages[index].language), text)
        for index, parts in by_passage.items()
        for text in (*asked, passages[index].title, *(part.text for part in parts))
    ]
    cut = iter(words.cut(texts))
    found: list[dict[int, Words]] = [{} for _ in asked]
    for index, parts in by_passage.items():
        questions = [next(cut) for _ in asked]
        title, sentences = next(cut), [next(cut) for _ in parts]
        for known, question in zip(found, questions, strict=True):
            known[index] = Words(question, title, sentences)
    return found
