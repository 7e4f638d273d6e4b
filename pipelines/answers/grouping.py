"""The stage *group*: a workspace's latest questions put into groups that ask the same, named and sorted into categories.

Average-link clustering of the vectors at cosine 0.55. On paraphrases of 125 questions its adjusted Rand index is 0.90
where some are asked more than others, 0.86 on all 1,249 (`./run.sh bench retrieval`); assigning each question to the
nearest group as it comes reaches 0.84, and depends on the order. A group keeps its id, and with it the status that a
person gave it, by most of its members. For workers on lane `cpu`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from store.agents import regrouping
from store.agents.regrouping import Member
from store.kit.ids import new_id

LATEST = 2000  # questions; a distance matrix of them is 32 MB
SAME_DISTANCE = 0.45
RELATED_DISTANCE = 0.62  # groups whose centroids are this near share a category
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    [
        "about",
        "also",
        "and",
        "any",
        "are",
        "because",
        "been",
        "but",
        "can",
        "cannot",
        "could",
        "did",
        "does",
        "don",
        "else",
        "ever",
        "for",
        "from",
        "get",
        "give",
        "got",
        "had",
        "has",
        "have",
        "her",
        "here",
        "him",
        "his",
        "how",
        "its",
        "just",
        "know",
        "like",
        "make",
        "many",
        "may",
        "more",
        "much",
        "must",
        "need",
        "not",
        "now",
        "off",
        "one",
        "only",
        "our",
        "out",
        "please",
        "really",
        "same",
        "she",
        "should",
        "some",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "too",
        "use",
        "using",
        "want",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "without",
        "would",
        "you",
        "your",
        "and",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einen",
        "ist",
        "sind",
        "wie",
        "was",
        "wer",
        "wann",
        "kann",
        "können",
        "ich",
        "wir",
        "sie",
        "mein",
        "meine",
        "und",
        "oder",
        "nicht",
        "für",
        "mit",
        "auf",
        "von",
        "les",
        "des",
        "une",
        "est",
        "sont",
        "que",
        "qui",
        "quoi",
        "comment",
        "quel",
        "quels",
        "quelle",
        "pour",
        "avec",
        "dans",
        "los",
        "las",
        "una",
        "por",
        "para",
        "con",
        "como",
        "cuál",
        "qué",
    ]
)


def run(ctx: Context) -> Outcome:
    """Group the workspace's latest questions anew."""
    members = regrouping.latest(ctx.workspace_id, limit=LATEST)
    if not members:
        return Outcome(output={"questions": 0})
    vectors = np.array([_vector(one.vector) for one in members], dtype=np.float32)
    groups = group(vectors)
    owners = keep_ids([one.group_id for one in members], groups)
    ctx.check()
    moves = [(one, owners[label]) for one, label in zip(members, groups, strict=True) if one.group_id != owners[label]]
    labels = _labels(members, vectors, groups, owners)
    with ctx.transaction():
        regrouping.rearrange(ctx.workspace_id, moves, labels)
    return Outcome(output={"questions": len(members), "groups": len(owners), "moved": len(moves)})


def group(vectors: np.ndarray, *, distance: float = SAME_DISTANCE) -> list[int]:
    """A label for each of the (n, d) unit vectors; the same label: they ask the same."""
    if len(vectors) < 2:
        return [0] * len(vectors)
    from sklearn.cluster import AgglomerativeClustering

    found = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=distance
    ).fit_predict(vectors)
    return [int(label) for label in found]


def keep_ids(before: Sequence[str | None], groups: Sequence[int]) -> dict[int, str]:
    """An id for each label: the one most of its members had, each id once, the largest overlap first; else a new one."""
    overlaps = Counter((label, owner) for owner, label in zip(before, groups, strict=True) if owner)
    owners: dict[int, str] = {}
    taken: set[str] = set()
    for (label, owner), _ in sorted(overlaps.items(), key=lambda one: (-one[1], one[0])):
        if label not in owners and owner not in taken:
            owners[label] = owner
            taken.add(owner)
    for label in sorted(set(groups)):
        owners.setdefault(label, new_id("question"))
    return owners


def categories(asked: Sequence[Sequence[str]], centroids: np.ndarray) -> list[str | None]:
    """A category for each group of questions: the word that most questions of its neighbourhood share and others don't.

    `asked` are the questions of each group. None where no word stands out.
    """
    kinds = group(centroids, distance=RELATED_DISTANCE)
    spoken: dict[int, Counter[str]] = defaultdict(Counter)
    sizes: Counter[int] = Counter()
    for kind, questions_ in zip(kinds, asked, strict=True):
        sizes[kind] += len(questions_)
        for question in questions_:
            spoken[kind].update({word.casefold() for word in _WORD.findall(question)} - _COMMON)
    spread = Counter(word for counted in spoken.values() for word in counted)

    def name(kind: int) -> str | None:
        ranked = sorted(
            (-count / sizes[kind] * math.log(1 + len(sizes) / spread[word]), word)
            for word, count in spoken[kind].items()
        )
        return ranked[0][1].capitalize() if ranked else None

    named = {kind: name(kind) for kind in set(kinds)}
    return [named[kind] for kind in kinds]


def _labels(
    members: Sequence[Member], vectors: np.ndarray, groups: Sequence[int], owners: Mapping[int, str]
) -> dict[str, tuple[str, str | None]]:
    """Question and category of each group: the question is the one nearest to the centroid, the shortest of equals."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(groups):
        places[label].append(place)
    order = sorted(places)
    centroids = np.array([_unit(vectors[places[label]].sum(axis=0)) for label in order])
    named = categories([[members[place].question for place in places[label]] for label in order], centroids)
    found: dict[str, tuple[str, str | None]] = {}
    for label, centroid, category in zip(order, centroids, named, strict=True):
        near = vectors[places[label]] @ centroid
        best = max(
            range(len(near)), key=lambda at: (round(float(near[at]), 4), -len(members[places[label][at]].question))
        )
        found[owners[label]] = (members[places[label][best]].question, category)
    return found


def _vector(text: str) -> np.ndarray:
    return np.fromstring(text.strip("[]"), sep=",", dtype=np.float32)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
