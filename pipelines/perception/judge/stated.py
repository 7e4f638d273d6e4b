"""A fact that is only a sentence, read as a thing and how the brand stands to it: "dogs travel free", "no Wi-Fi".

`stated` gives the thing's words, those that limit it ("within the euro area") and what the sentence says of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipelines.perception.judge.lexicon import LANGUAGES, Hit, Token, topic, word_set
from pipelines.perception.judge.relations import Standing, cues_in, is_own
from pipelines.perception.judge.scope import Scope
from pipelines.perception.judge.senses import SENSE, is_sense, stem, stems_of
from pipelines.perception.judge.text import fold

# Which cue says what a sentence is about, the most telling first; and where its thing stands.
_TELLING = ("free", "included", "unneeded", "needs", "forbidden", "lacks", "allowed", "contains", "has")
_BEHIND = {"lacks", "contains", "has"}
_CUT = re.compile(
    r"\b(?:of|at|in|on|by|from|to|for|so that|with|per|before|after|inside|into|as|that|which|von|bei|im|zu|fur|de|du|chez|pour|en|para|di|da|per|van|voor|bij|do|dla|w)\b"
)
_LIMITS = re.compile(
    r"\b(?:within|under|over|up to|until|aged?|between|during|beyond|above|below|except|unless|from|by)\b(?P<said>[^,;.]*)"
)
_AFTER_VERB = {
    "comes with", "come with", "delivered with", "supplied with", "ships with", "asks for", "ask for", "requires", "require", "needs", "need",
    "includes", "include", "can be", "cannot be", "accepts", "accept", "allows", "permits", "welcomes", "demands", "insists on", "carries", "takes",
}  # fmt: skip
# In a statement these say nothing of their own; in an answer they do.
_SMALL = {
    "by",
    "via",
    "use",
    "used",
    "can be",
    "with",
    "takes",
    "sells",
    "gives",
    "be",
    "comes",
    "called",
    "reach",
    "opens",
    "visit",
    "runs",
    "lets",
}
_ALL = re.compile(r"\b(?:all|every|each|only|exclusively|entirely|wholly|any|always|one and the same)\b|\bno\b")
_ONLY = re.compile(r"\b(?:only|exclusively|solely|nothing but|but not)\b")
_BUT = re.compile(r"\bbut not\b|, (?:not|except) ")
_RID = re.compile(r"-free\b")
_MOST = 4
_DENIED_VERB = re.compile(r"\b(?:(?:does|do|can|will) not|cannot|never) (?P<verb>[a-z]+) |\b[a-z]+s no ")
_LIGHT = {
    "make",
    "sell",
    "offer",
    "provide",
    "have",
    "do",
    "run",
    "issue",
    "keep",
    "arrange",
    "take",
    "use",
    "build",
    "produce",
    "carry",
    "process",
    "give",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """`thing`: stems of what it is about; `kinds`: senses of things that are of its kind, where it rules those out."""

    thing: frozenset[str]
    standing: Standing
    limits: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    whole: bool = False
    by: str = ""  # the kind of cue that says it


def all_stated(
    tokens: list[Token], folded: str, language: str, scope: Scope, own: list[tuple[int, int]]
) -> Iterator[Stated]:
    """What a statement says of its thing, and what follows: who works offline needs no connection."""
    said = stated(tokens, folded, language, scope, own)
    if said is None:
        return
    yield said
    table = topic("relations")["converse"] if said.standing.present is not None else {}
    for other in (one for word in said.thing for one in table.get(word.removeprefix(SENSE), ())):
        needed = Standing(needed=not said.standing.present)
        yield replace(said, thing=frozenset((f"{SENSE}{other}",)), standing=needed, by="needs")


def stated(tokens: list[Token], folded: str, language: str, scope: Scope, own: list[tuple[int, int]]) -> Stated | None:
    """What a statement says of its thing. `own`: where the brand's and the product's names stand."""
    if _BUT.search(folded):
        return None
    high = next((match.start() for match in re.finditer(r"[;.]", folded)), len(folded))
    words = [
        token for token in tokens if token.end <= high and not any(a < token.end and token.start < b for a, b in own)
    ]
    cues = [hit for hit in cues_in(words, folded, language, 0, high) if not _is_adjective(hit, words, folded)]
    cues = [hit for hit in cues if not (hit.name in ("has", "contains") and folded[hit.start : hit.end] in _SMALL)]
    kinds = _ruled_out(words)
    whole = _ALL.search(folded) is not None
    for name in _TELLING:
        cue = next((hit for hit in cues if hit.name == name), None)
        if cue is None:
            continue
        thing = _thing(words, folded, cue, high)
        if not thing or len(thing) > _MOST or thing == {f"{SENSE}free"}:
            continue
        negators = [hit for hit in scope.negators if hit.end <= high and not is_own(folded, hit, cues)]
        standing = _standing(cue, denied=bool(negators), rid=_RID.search(folded, 0, high) is not None)
        out = standing.present is False
        by = "" if folded[cue.start : cue.end] in ("can be", "cannot be") else name  # that is no permission
        if standing.present and standing.cost is None and _ONLY.search(folded, 0, high):
            break  # "uses only propane": that it uses none is not what speaks against it
        return Stated(
            thing, standing, _limits(words, folded, high), (_kinds(thing) if out else frozenset()) | kinds, whole, by
        )
    deed = _undone(words, folded, scope, high)
    if deed and "itself" not in folded:
        return Stated(deed, Standing(present=False), _limits(words, folded, high), whole=whole, by="deed")
    return Stated(frozenset(), Standing(present=False), kinds=kinds, whole=whole, by="contains") if kinds else None


def _undone(words: list[Token], folded: str, scope: Scope, high: int) -> frozenset[str]:
    """ "does not make capsules", "runs no night sailings": what is not done, without the verb where it says no more than "has"."""
    denied = _DENIED_VERB.search(folded, 0, high) if scope.negators else None
    if denied is None:
        return frozenset()
    begin = denied.end() if denied["verb"] is None or denied["verb"] in _LIGHT else denied.start("verb")
    found = _content(words, folded, begin, high)
    return found if len(found) <= _MOST else frozenset()


def _standing(cue: Hit, *, denied: bool, rid: bool) -> Standing:
    if cue.name in ("free", "included"):
        if rid:
            return Standing(present=False)
        return Standing(cost="paid" if denied else "free", present=not denied)
    if cue.name in ("needs", "unneeded"):
        return Standing(needed=denied == (cue.name == "unneeded"))
    return Standing(present=denied == (cue.name in ("lacks", "forbidden")))


def _is_adjective(hit: Hit, words: list[Token], folded: str) -> bool:
    """ "no free plan", "a free trial": the word belongs to the thing."""
    if hit.name != "free" or folded[hit.start : hit.end] != "free":
        return False
    behind = next((token for token in words if token.start >= hit.end), None)
    gap = folded[hit.end : behind.start] if behind else ""
    return (
        behind is not None
        and gap == " "
        and behind.word not in word_set("filler", "empty") | {"when", "if", "within", "on", "during"}
    )


def _thing(words: list[Token], folded: str, cue: Hit, high: int) -> frozenset[str]:
    said = folded[cue.start : cue.end]
    before, after = _content(words, folded, 0, cue.start), _content(words, folded, cue.end, high)
    if cue.name in _BEHIND or said in _AFTER_VERB:
        return after or before
    return before or after


def _content(words: list[Token], folded: str, low: int, high: int) -> frozenset[str]:
    """Stems of a stretch's words, up to what only places or limits it."""
    cut = next((match.start() for match in _CUT.finditer(folded, low, high) if match.start() > low + 1), high)
    between = [
        token for token in words if low <= token.start and token.end <= (cut if _content_to(words, low, cut) else high)
    ]
    return _stems(between)


def _content_to(words: list[Token], low: int, cut: int) -> bool:
    return bool(_stems([token for token in words if low <= token.start and token.end <= cut]))


def _stems(tokens: list[Token]) -> frozenset[str]:
    ignored = (word_set("filler", "empty") | _around()) - {"first"}
    return frozenset(
        said
        for said, token in stems_of(tokens)
        if (token.word not in ignored or (is_sense(said) and stem(token.word) != said))
        and not token.word[0].isdigit()
        and len(token.word) > 1
    )


def _limits(words: list[Token], folded: str, high: int) -> frozenset[str]:
    found = _LIMITS.search(folded, 0, high)
    if found is None:
        return frozenset()
    empty = word_set("filler", "empty") | _around()
    return frozenset(
        said
        for said, token in stems_of(words)
        if found.start("said") <= token.start < found.end() and token.word not in empty
    )


@cache
def _around() -> frozenset[str]:
    return frozenset(fold(word) for language in LANGUAGES for word in topic("relations")["around"].get(language, ()))


def _kinds(thing: frozenset[str]) -> frozenset[str]:
    table = topic("relations")["members"]
    return frozenset(SENSE + member for word in thing if is_sense(word) for member in table.get(word[len(SENSE) :], ()))


def _ruled_out(words: list[Token]) -> frozenset[str]:
    """What nothing vegan or vegetarian holds."""
    told = {said for said, _ in stems_of(words)} & {f"{SENSE}vegan", f"{SENSE}vegetarian"}
    return _kinds(frozenset(told))
