"""Which product a price is of where its sentence names none: the one that the answer speaks of, or a part of its name.

"The fluid sells for €40", where the fact's is called Solvane Daily Fluid; "It costs €40", where one product was named.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.binding import Bound
from pipelines.perception.judge.lexicon import word_set
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Scene

_CLAUSE = re.compile(r"[;:(]| - |, (?:and|but|und|aber|et|mais|y|pero|e|ma|en|maar|mas|so|while|whereas) ")


def product_words(owner: str) -> set[str]:
    """Stems of the words of a product's name, of the owner that it is."""
    return {stem(word) for word in fold(owner.partition(":")[2]).split()}


def of_unnamed_product(scene: Scene, candidates: list[Probe], value: Value, bound: Bound) -> list[Probe]:
    """The facts about the product whose price a sentence gives that names no product, none when it may be another's."""
    sold = {probe.subject for probe in candidates if probe.subject}
    if bound.concept != "price" or any(one.role == "product" for one in scene.unit.mentions):
        return []
    left = _subject(scene, value, bound)
    if left:
        meant = {owner for owner in sold if owner and left <= product_words(owner) - scene.brand_words}
    else:
        meant = set(scene.products) if len(scene.products) == 1 and scene.products <= sold else set()
    return [probe for probe in candidates if probe.subject in meant] if len(meant) == 1 else []


def _subject(scene: Scene, value: Value, bound: Bound) -> set[str]:
    """Stems of the words before a price in its clause that say what it is the price of."""
    low = scene.unit.start
    for edge in _CLAUSE.finditer(scene.folded, low, value.start):
        if edge.end() < value.start and edge.group() != ":":
            low = edge.end()
    spans = [(one.start, one.end) for one in scene.unit.mentions] + [(bound.start, bound.end)]
    return {
        stem(token.word)
        for token in scene.unit.tokens
        if low <= token.start < value.start
        and token.word not in word_set("filler", "priced")
        and not any(start <= token.start < end for start, end in spans)
    }
