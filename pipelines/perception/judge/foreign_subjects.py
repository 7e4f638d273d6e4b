"""Whether the clause that a claim stands in speaks of another thing than its fact: "the public lido is 400 m away".

The noun phrase that opens the clause tells. It is another thing's when it names what stands around a company or belongs to
one (words/subjects.yaml) or, behind "a" or "one", anything at all, and nothing that the fact or its concept speaks of.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.elsewhere import words_of
from pipelines.perception.judge.lexicon import topic, word_set
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import stem, stems_of
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.verdicts import Verdict

_SUBJECT = r"(?P<subject>[\w'-]+(?: (?!(?:and|und|et|y|e|en|i|or|oder|ou)\b)[\w'-]+){0,3}?)"
_OTHERS = re.compile(
    r"(?:^|[;:(,] |\b(?:and|but|while|whereas|und|aber|wahrend|et|mais|y|pero|e|ma|en|maar|mas) )(?:(?:die|la|le|de|a) )?(?:most|many|some|few|other|all other|similar|comparable|meisten|viele|manche|andere|plupart des|beaucoup de|d'autres|mayoria de l[oa]s|much[oa]s|otr[oa]s|maggior parte de[il]\w*|molt[ie]|altr[ie]|meeste|veel|andere|maioria d[oa]s|muit[oa]s|outr[oa]s|wiekszosc|wiele|inne) "
    r"(?:\w+ )?(?:makers?|brands?|companies|firms|providers|shops|stores|hotels|tools|rivals|competitors|vendors|hersteller\w*|anbieter\w*|marken|firmen|unternehmen|hotels|fabricants|marques|entreprises|concurrents|fabricantes|marcas|empresas|competidores|produttori|marchi|aziende|concorrenti|fabrikanten|merken|bedrijven|aanbieders|concurrenten|concorrentes|producentow|producenci|marek|firm|firmy)\b"
)
_THEIRS = re.compile(r"\b(?:its|their|ihre?|seine?|sa|son|ses|leur|sus?|su[ao]|zijn|haar|seu) $")
_APPOSITION = re.compile(r"(?: [\w-]+){0,2}[*\"']*(?:,| -{1,2}|:)[ *\"']*(?:[\w']{1,5} ?)?")
_AND_ONE = re.compile(r"\b(?:and|und|et|y|e|en|oraz|i) (?:an?|eine?\w?|une?|una?|een|uma?) $")
_EDGE = re.compile(
    r"[;:(]|, (?:and|but|while|und|aber|et|mais|y|pero|e|ma|en|maar|mas) |\b(?:notes?|says?|states?|shows?|reports?|claims?|writes?|finds?|found|indica|dice|dit|sagt|schreibt|zegt|meldt),? (?:that|dass|que|che|dat) (?:the|its|it|die|der|das|le|la|el|il|lo|de|het) "
)
_WHOSE = re.compile(
    r" (?:of|at|by|from|for|von|bei|fur|de|du|chez|pour|del?|para|di|da|per|van|voor|do|dla)\b[^,.;:()]{0,16}$"
)


@cache
def _opening() -> re.Pattern[str]:
    """A determiner at a clause's start, the words behind it and what ends them."""
    words = topic("subjects")
    definite, some = _any_of(words["definite"]), _any_of(words["some"])
    ends = _any_of([one for listed in words["ends"].values() for one in listed])
    return re.compile(
        rf"(?:^|[;:(] |, (?:(?:and|but|while|und|aber|et|mais|y|pero|e|ma|en|maar|mas) )?|\b(?:and|but|while|whereas|und|wahrend|et|y|en) )[\s\"'*(-]*"
        rf"(?:(?:{definite})|(?P<some>{some}))(?: |(?<=')){_SUBJECT}(?=,? (?:{ends})\b)"
    )


@cache
def _owned() -> re.Pattern[str]:
    ends = _any_of([one for listed in topic("subjects")["ends"].values() for one in listed])
    return re.compile(rf"(?:'s?|s') {_SUBJECT}(?= (?:{ends})\b)")


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(set(map(re.escape, words)), key=len, reverse=True))


@cache
def _around() -> re.Pattern[str]:
    listed = [one for words in topic("subjects")["around"].values() for one in words]
    return re.compile(rf"\b(?:{_any_of(listed)})")


def speaks_of_another(unit: Unit, verdict: Verdict, probe: Probe, plain: Plain, language: str) -> bool:
    """Whether the last noun phrase that opens a clause before the claim is about something else than `probe`."""
    folded = plain.folded
    others = _OTHERS.search(folded[unit.start : verdict.start])
    if others and not _EDGE.search(folded, unit.start + others.end(), verdict.start):
        return True  # "leasing is common, and most makers give two years"
    opening = _last_opening(unit, verdict, folded)
    if opening is None or _EDGE.search(folded, opening[1], verdict.start):
        return False
    low, high, some = opening
    named = [one for one in unit.mentions if low < one.end and one.start <= verdict.start]
    if any(one.start < high or _WHOSE.fullmatch(folded, high, one.start) for one in named):
        return False  # the brand's, or a part of it that another rule knows
    if any(_APPOSITION.fullmatch(folded, one.end, low) for one in unit.mentions if one.end <= low):
        return False  # "Lantern, a bakery in Linz with 240 employees", "Lantern Terminal: a card reader for £40"
    if _AND_ONE.search(folded, unit.start, verdict.start):
        return False  # "a strict policy and a 48-day guarantee": another phrase
    if folded[low:high] in ("one", "ones"):
        return True  # "the one in Cologne"
    told = {said for said, token in stems_of(unit.tokens) if low <= token.start < high}
    theirs = _THEIRS.search(folded[max(unit.start, low - 8) : low]) is not None
    if not told or told & (_own(probe) if some or theirs else _own(probe) | _whole()):
        return False
    if _around().search(folded[low:high]):
        return True
    return some and probe.language == language


def _last_opening(unit: Unit, verdict: Verdict, folded: str) -> tuple[int, int, bool] | None:
    """The noun phrase that the clause of a claim opens with, also "Lantern's sales office in …", and whether behind "a" or "its"."""
    found = None
    for one in _opening().finditer(folded[unit.start : verdict.start]):
        found = (unit.start + one.start("subject"), unit.start + one.end("subject"), one["some"] is not None)
    for mention in unit.mentions:
        if mention.role == "brand" and mention.end < verdict.start and (found is None or mention.end > found[1]):
            owned = _owned().match(folded, mention.end)
            found = (*owned.span("subject"), False) if owned and owned.end() <= verdict.start else found
    return found


def _own(probe: Probe) -> frozenset[str]:
    return (
        probe.words
        | probe.qualifiers
        | probe.nouns
        | probe.topic
        | (words_of(probe.concept) if probe.sort != "people" else frozenset())
    )


@cache
def _whole() -> frozenset[str]:
    return frozenset(stem(word) for word in word_set("filler", "whole")) - {
        stem("shop"),
        stem("store"),
        stem("restaurant"),
    }
