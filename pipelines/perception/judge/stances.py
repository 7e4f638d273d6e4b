"""Claims without a value: "has a mobile app", "is not vegan", "does not offer a free trial".

A fact that is yes or no is contradicted by a sentence about the brand that names its thing with the other polarity. A
fact that gives a figure implies that its thing exists, so only a denial of the thing speaks against it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache

from pipelines.perception.judge.lexicon import Hit, Token, concepts, topic, word_set
from pipelines.perception.judge.probe import Probe, content
from pipelines.perception.judge.scope_east import EAST
from pipelines.perception.judge.scope_marks import UNTRUE
from pipelines.perception.judge.senses import is_sense, stem, stems_of
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.verdicts import Scene

_NONE_OF = re.compile(
    r"(?:\bno|\bnot (?:offer|provide|have|include|give) (?:an?|any)|\bwithout an?|\bkeine?n?|\bpas de|\bpas d'|\bningun[ao]?|\bno (?:ofrece|tiene|hay)|\bnon (?:offre|ha|c'e)|\bgeen|\bnao (?:oferece|tem|ha)|\bsem) (?:[\w-]+ ){0,2}$"
)


def weigh_stances(scene: Scene) -> None:
    if scene.unit.cell == 0:
        return  # a row's label says nothing yet
    if len(scene.scope.negators) > 1 and UNTRUE.search(scene.folded, scene.unit.start, scene.unit.end):
        return  # "it is not true that dogs do not travel free"
    for probe in scene.probes:
        if probe.sort == "flag":
            _flag(scene, probe)
        elif probe.sort == "gist":
            _gist(scene, probe)
        elif probe.sort == "amount" and probe.concept is not None and "bool" in concepts()[probe.concept].takes:
            _existence(scene, probe)


def _flag(scene: Scene, probe: Probe) -> None:
    hit = _told(scene, probe)
    if hit is None or scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start):
        return
    if not _mine(scene, hit, probe):
        return
    said = not _negative(scene, hit, probe)
    if said == (probe.flag != is_turned(probe.words)) or _says_as_much(scene, hit, probe):
        scene.add("match", hit.start, hit.end, probe, denies=True)
    elif not is_limited(scene, hit, probe):
        scene.add("clash", hit.start, hit.end, probe, denies=True)


def _told(scene: Scene, probe: Probe) -> Hit | None:
    """Where the thing of a yes-or-no fact is named: by its concept, or by the fact's words or their like in another language."""
    if probe.concept is not None:
        hits = [hit for hit in scene.unit.hits if hit.name == probe.concept]
        same = probe.language == scene.language and bool(probe.words)
        if not hits and same and not probe.topic:
            return _in_words(scene, probe)
        if not hits or (same and len(wanted_of(scene, probe) & _said(scene)) * 2 < len(wanted_of(scene, probe))):
            return None
        return hits[0]
    return _in_words(scene, probe)


def _in_words(scene: Scene, probe: Probe) -> Hit | None:
    wanted = wanted_of(scene, probe)
    need = max(min(2, len(wanted)), -(-len(wanted) * 2 // 3))
    if not wanted or len(wanted & _said(scene)) < need:
        return None
    told = [(_OPPOSITES.get(said, said), token) for said, token in stems_of(scene.unit.tokens)]
    first: dict[str, Token] = {}
    for said, token in told:
        if said in wanted:
            first.setdefault(said, token)
    for part in _parts(scene):  # what one part says whole is said there: "it is wrong that notes …: they are encrypted"
        there = {said: token for said, token in reversed(told) if said in wanted and token.start in part}
        if len(there) >= need:
            first = there
            break
    places = sorted(first.values(), key=lambda token: token.start)
    return Hit("", places[0].start, places[-1].end) if places else None


def _parts(scene: Scene) -> list[range]:
    edges = [edge.start() for edge in _PART.finditer(scene.folded, scene.unit.start, scene.unit.end)]
    return [range(*ends) for ends in itertools.pairwise([scene.unit.start, *edges, scene.unit.end])]


_PART = re.compile(r"[;:] ")


def wanted_of(scene: Scene, probe: Probe) -> frozenset[str]:
    """The words that a sentence has to share: all of the fact's, in another language those whose sense is known."""
    words = frozenset(_OPPOSITES.get(word, word) for word in probe.words)
    words = words - _unspecific() or (words if len(words) > 1 else frozenset())
    if probe.language == scene.language:
        return words
    known = frozenset(word for word in words if is_sense(word))
    return known if len(known) * 2 >= len(words) else frozenset()


@cache
def _unspecific() -> frozenset[str]:
    """Stems of words that say little of what a sentence is about: "no product contains …", "all machines work with …"."""
    return frozenset(stem(word) for word in topic("filler")["unspecific"])


def _said(scene: Scene) -> frozenset[str]:
    return frozenset(_OPPOSITES.get(word, word) for word in scene.unit.stems)


# What stands for the contrary of another word: it turns a sentence as a negation does.
_OPPOSITES = {"~forbid": "~permit", "~close": "~open", "~paid": "~free", "~proprietary": "~open_source"}


def is_turned(stems: frozenset[str] | set[str]) -> bool:
    return bool(stems & _OPPOSITES.keys())


def _negative(scene: Scene, hit: Hit, probe: Probe) -> bool:
    """Whether the clause around a thing denies it, before it or, as German does, behind."""
    clause_low, clause_high = clause_of(scene, hit)
    denied = any(
        clause_low <= negator.start < clause_high and not _is_aside(scene, negator, hit)
        for negator in scene.scope.negators
    ) or "denied" in scene.scope.at(hit.start)
    no = _ANSWERED_NO.match(scene.folded[hit.end : hit.end + 40])  # "Swimming pool: no"
    answered = no is not None and scene.unit.end - hit.end - no.end() <= _NOTHING_MORE
    rid = re.search(r"-(?:free|frei)\b", scene.folded[hit.start : clause_high]) is not None
    answered = answered or (rid and "~free" not in probe.words)  # "PFAS-free"
    near = {said for said, token in stems_of(scene.unit.tokens) if clause_low <= token.start < clause_high}
    return (denied or answered) != is_turned(near)


def _says_as_much(scene: Scene, hit: Hit, probe: Probe) -> bool:
    """Whether a sentence denies just as the statement does, wherever in its clause: "bakes without palm oil"."""
    low, high = clause_of(scene, hit)
    at_all = _NONE_AT_ALL.search(fold(probe.actual)) is not None  # then "branches, without appointment" denies nothing
    denies = any(
        low <= negator.start < high and not (at_all and _is_aside(scene, negator, hit))
        for negator in scene.scope.negators
    )
    told = frozenset(word for word in probe.words if not word.startswith("~")) | probe.words
    whole = len(told & scene.unit.stems) * 5 >= len(told) * 4
    return whole and denies != probe.flag and not is_turned(scene.unit.stems) and not is_turned(probe.words)


def _is_aside(scene: Scene, negator: Hit, hit: Hit) -> bool:
    """ "may borrow bicycles without paying a cent": what comes behind "without" is denied, not what stands before it."""
    return scene.folded[negator.start : negator.end] in _WITHOUT and negator.start >= hit.end


_WITHOUT = {"without", "ohne", "sans", "sin", "senza", "zonder", "sem"}
_EDGE = re.compile(
    r"[;:()]| - |, (?:because|weil|denn|que|qui|che|ktore|ktory|ktora|parce que|car|porque|perche|omdat|want|pois|poniewaz|and|but|which|who|while|whereas|so|although|though|und|aber|sondern|et|mais|y|pero|e|ma|en|maar|mas|it|it's)\b|\b(?:but|sondern|aber|mais|pero|sino|maar|however|whereas|while)\b"
)


_EDGE_EAST = re.compile(r"[、,。;；]| - ")  # brackets there hold another word for the same thing


def clause_of(scene: Scene, hit: Hit) -> tuple[int, int]:
    low, high = scene.unit.start, scene.unit.end
    edges = _EDGE_EAST if scene.language in EAST else _EDGE
    for edge in edges.finditer(scene.folded, scene.unit.start, hit.start):
        low = edge.end()
    following = edges.search(scene.folded, hit.end, scene.unit.end)
    return low, following.start() if following else high


def _existence(scene: Scene, probe: Probe) -> None:
    for hit in scene.unit.hits:
        if hit.name != probe.concept or scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start):
            continue
        if _IN_A_PLACE.search(scene.plain.text, *clause_of(scene, hit)):
            continue  # "has no shops in Italy"
        if _NONE_OF.search(scene.folded[max(scene.unit.start, hit.start - 40) : hit.start]) and _mine(
            scene, hit, probe
        ):
            low, high = clause_of(scene, hit)
            if not any(low <= value.start < high for value in scene.unit.values):
                scene.add("clash", hit.start, hit.end, probe, denies=True)
                return


def _gist(scene: Scene, probe: Probe) -> None:
    hit = _told(scene, probe) if probe.concept is None else None
    if (
        hit is None
        or scene.scope.silent(hit.start)
        or "past" in scene.scope.at(hit.start)
        or not _mine(scene, hit, probe)
    ):
        return
    wanted = wanted_of(scene, probe)
    shared = len(wanted & _said(scene))
    said = not _negative(scene, hit, probe)
    flag = probe.flag != is_turned(probe.words)
    if shared * 5 >= len(wanted) * 4 and (said == flag or _says_as_much(scene, hit, probe)):
        scene.add("match", hit.start, hit.end, probe)
    elif (
        said != flag
        and shared * 4 >= len(wanted) * 3
        and not (flag and len(wanted) < _ENOUGH)
        and not is_limited(scene, hit, probe)
    ):
        scene.add("clash", hit.start, hit.end, probe, denies=True)


_IN_A_PLACE = re.compile(r"\b(?:[Ii]n|[Ee]n|[Ii]m|[Àà]|[Ww]|[Nn]a|[Nn]o|[Nn]els?) [A-Z\u00c0-\u00de][^\W\d_]{2,}")
_WHERE = re.compile(r",? (?:where|wo|ou|donde|dove|waar|onde|gdzie|so that|because|which|that)\b")
_ANSWERED_NO = re.compile(
    r"[^:.\n]{0,24}: *(?:no|none|nein|keine?[rsn]?|non|aucune?|ninguna?|nessuna?|nee|geen|nao|nenhuma?|nie|brak|\u2717|\u274c|-)\b"
)
_ONLY = re.compile(
    r"\b(?:only|except|unless|other than|apart from|nur|ausser|ausgenommen|seulement|uniquement|sauf|solo|solamente|salvo|excepto|soltanto|tranne|alleen|behalve|apenas|exceto|tylko|oprocz|near|nearby|next to|(?:\d+|few) (?:m|km|metres|meters|minutes) from|in der nahe|a proximite|pres de|cerca de|vicino|in de buurt|perto d[aeo]|blisko)\b"
)
_PLACED = re.compile(
    r"\b(?:in|on|at|im|am|auf|dans|sur|au|en|nel|nella|sul|sulla|op|no|na|nos|nas|w)(?: (?:the|der|dem|den|das|la|le|les|el|los|il|lo|het|de|o|a|its|all|some))? (?P<noun>[a-z]{3,})"
)


def is_but_one(scene: Scene, hit: Hit, probe: Probe) -> bool:
    """ "only", "except", "near the hotel": a limit that the fact does not speak of."""
    low, high = clause_of(scene, hit)
    relative = _WHERE.search(scene.folded, hit.end, high)
    high = relative.start() if relative else high
    return _ONLY.search(scene.folded, low, high) is not None and not _ONLY.search(fold(probe.actual))


def is_limited(scene: Scene, hit: Hit, probe: Probe, beside: Sequence[Hit] = ()) -> bool:
    """ "only on the terrace", "not in the restaurant": a limit that the fact does not speak of."""
    if is_but_one(scene, hit, probe):
        return True
    low, high = clause_of(scene, hit)
    relative = _WHERE.search(scene.folded, hit.end, high)
    high = relative.start() if relative else high
    if not probe.flag and _NONE_AT_ALL.search(fold(probe.actual)) and _are_several(scene, hit):
        return False  # "has no branches" and "forty branches in the north"
    names = [(mention.start, mention.end) for mention in scene.unit.mentions]
    denying = {negator.start for negator in scene.scope.negators}
    for match in _PLACED.finditer(scene.folded, low, high):
        if match.start() in denying:
            continue  # Spanish "no", which Portuguese has for "in the"
        noun = match.start("noun")
        inside = (
            any(start <= noun < end for start, end in names)
            or any(one.start <= noun < one.end for one in beside)
            or hit.start <= noun < hit.end
        )
        known = stem(match["noun"]) in probe.words | content(probe.actual) or match["noun"] in word_set(
            "filler", "everywhere"
        )
        if (
            not inside
            and not known
            and not match["noun"].isdigit()
            and scene.plain.text[noun].islower() | (scene.language == "de")
        ):
            return True
    return False


_NONE_AT_ALL = re.compile(r"\b(?:has|have|had|runs|operates|keeps|owns|with|there (?:is|are)) (?:no|not any)\b")
_SEVERAL = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|dozens?|several|many|numerous|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|mehrere\w*|viele\w*|zahlreiche\w*|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|plusieurs|nombreu\w+"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|vari[ao]s|much[ao]s|numeros[ao]s|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|divers[ei]|molt[ei]|numeros[ei]|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|meerdere|verschillende|veel|talrijke"
    r"|dois|duas|quatro|sete|oito|dez|muit[ao]s|dwa|dwie|trzy|cztery|kilka|wiele|liczne)\b"
)


def _are_several(scene: Scene, hit: Hit) -> bool:
    """Whether a number or "several" counts a thing, or the places where it is: "40 branches", "branches in several towns"."""
    low, high = max(scene.unit.start, hit.start - 28), min(scene.unit.end, hit.end + 24)
    counted = any(
        len(scene.folded[found.end() : hit.start].split()) <= 1
        for found in _SEVERAL.finditer(scene.folded, low, hit.start)
    )
    behind = _SEVERAL.search(scene.folded, hit.end, high)
    return counted or (
        behind is not None and not behind[0].isdigit() and len(scene.folded[hit.end : behind.start()].split()) == 1
    )


_OPENING = 3
_NOTHING_MORE = 20
_ENOUGH = 2  # one word alone says too little to see that what holds is denied


def _mine(scene: Scene, hit: Hit, probe: Probe) -> bool:
    return is_ours(owners_of(scene.unit, scene.plain, hit.start, hit.end), probe.subject)
