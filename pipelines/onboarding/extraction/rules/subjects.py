"""Who a sentence is about: the brand's own "we", someone it names, or someone else.

Rules put the answer into the feature `subject`: "we", "" (not said), "someone else", or the words that name it, which
the scorer compares with the brand's names once those are decided.
"""

from __future__ import annotations

import re

from pipelines.onboarding.extraction import words

_NAMES = re.compile(
    r"(?:(?:[A-ZÀ-Þ0-9][\w&'\u2019.-]*|&|of|de|du|des|del|der|die|das|und|and|la|le|di|da|do|van)\s+){0,6}[A-ZÀ-Þ][\w&'\u2019.-]*"
)
SOMEONE_ELSE = "someone else"
_CLAUSE = re.compile(r"[;:]|\s[–—]\s")


def subject(sentence: str, start: int, end: int) -> str:
    """Who stands around the phrase at `start:end` of the sentence: before it, else right after it.

    German capitalises every noun; a lone capitalised word is therefore no name there, and `""` is answered.
    """
    before, after = sentence[:start], sentence[end:]
    clause = _CLAUSE.split(before)[-1]
    if words.pattern("identity", "we_words").search(clause):
        return "we"
    named = _names(clause)
    if named:
        return named
    if words.pattern("identity", "someone_else").search(clause):
        return _names(after[:80]) or SOMEONE_ELSE
    lead = after[:160]
    if words.pattern("identity", "we_words").search(lead):
        return "we"
    return _names(re.split(r"[.!?]", lead, maxsplit=1)[0].split(",", 1)[-1]) if "," in lead else ""


def _names(text: str) -> str:
    """The proper names in a clause, joined; "" when a capital only opens the sentence."""
    found = []
    for match in _NAMES.finditer(text):
        name = match[0].strip()
        at_start = not text[: match.start()].strip()
        if " " not in name and (at_start or len(name) < 3) and not _unusual(name):
            continue
        found.append(name)
    return " ".join(found)


def _unusual(word: str) -> bool:
    """Capitals or digits inside a word: a name even at the start of a sentence."""
    return bool(re.search(r"\w[A-Z0-9]", word))
