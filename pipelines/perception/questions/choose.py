"""Which questions a scan asks: the categories take turns, and within one the wordings, until there are enough. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.perception.questions.subject import Subject
from pipelines.perception.questions.wordings import WORDINGS, fill
from store.brands.values import name_key
from store.perception.prompts import NewPrompt

CATEGORIES = ("product", "brand", "competitor")
# Half of the questions do not name the brand: only they tell who is recommended to somebody who does not know it.
TURNS = ("product", "competitor", "brand", "product", "brand", "product", "competitor", "product", "brand", "product")
UNNAMED_FIRST = frozenset({"product", "competitor"})


def questions(subject: Subject, count: int, categories: Sequence[str] = CATEGORIES) -> list[NewPrompt]:
    """Up to `count` questions, no two the same; fewer when the profile has not enough to ask about."""
    sources = {category: _of(subject, category) for category in CATEGORIES if category in categories}
    found: dict[str, NewPrompt] = {}
    while sources and len(found) < count:
        for category in TURNS:
            if category in sources and len(found) < count:
                _take_next(sources, category, found)
    return list(found.values())


def is_branded(text: str, subject: Subject) -> bool:
    """Whether a question names the brand, or something that only it sells."""
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in subject.names if name)


def _take_next(sources: dict[str, Iterator[NewPrompt]], category: str, found: dict[str, NewPrompt]) -> None:
    for one in sources[category]:
        key = name_key(one.text)
        if key not in found:
            found[key] = one
            return
    del sources[category]


def _of(subject: Subject, category: str) -> Iterator[NewPrompt]:
    """All questions of a category: one of each wording, then the second of each, and so on. Intents take turns."""
    wordings = _by_turns([one for one in WORDINGS if one.category == category])
    filled = [(one, fill(one, subject)) for one in wordings]
    while filled:
        rest = []
        for wording, texts in filled:
            text = next(texts, None)
            if text is not None:
                rest.append((wording, texts))
                yield NewPrompt(text=text, category=category, intent=wording.intent, branded=is_branded(text, subject))
        filled = rest


def _by_turns(wordings: list) -> list:
    """The first wording of each intent, then the second, …; discovery twice as often as the others."""
    by_intent: dict[str, list] = {}
    for one in wordings:
        by_intent.setdefault(one.intent, []).append(one)
    ordered = []
    while any(by_intent.values()):
        for intent, waiting in by_intent.items():
            ordered += [waiting.pop(0) for _ in range(2 if intent == "discovery" else 1) if waiting]
    return ordered
