"""Closed sets whose members the judge knows the words for: one too many, one that is missing, one that is denied.

"Comes in graphite, sand and sage" for a set of two, "besides Belgium now also in Austria", "only in English".
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.elsewhere import is_of_a_part
from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.member_kinds import Item, items_said, kind_of
from pipelines.perception.judge.probe import Probe, content, deeds_in
from pipelines.perception.judge.scope import governs, is_denied
from pipelines.perception.judge.senses import is_sense
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.verdicts import Scene

_OWN_WORDS = frozenset({"colour", "platform", "payment", "format", "licence", "width", "size", "currency"})
_BEFORE = 44  # characters before a chain that "only" and "also" are looked for in
_NOT_BEHIND = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:is|are|was|does|do|will)(?:n't| not)|not (?:yet )?(?:planned|available|supported|offered|included)|no longer|missing|never|fehl(?:t|en)|nicht|kein\w*|n'est|ne sont|n'existe|no (?:esta|hay|se)|non (?:e|ci|sono)|niet|geen|nao|nie|brak)\b"
)
_INTO = re.compile(
    r"(?:\b(?:in|into|to|from|nach|aus|en|au|aux|vers|depuis|de|des|du|d|a|hacia|nei|nel|nella|negli|nelle|in|verso|dal|dalla|naar|uit|no|na|nos|nas|em|para|do|da|w|we|do|na|ze|z) (?:(?:the|der|die|den|dem|la|le|les|los|las|el|il|de|het|o|a) )?|[\u3040-\u9fff]|l')$"
)
_FROM = re.compile(
    r"\b(?:from|out of|aus|uit|z|ze|de chez|provenant|procedentes?|dalla?|dal)(?: \w{1,4})? $|来自$|產自$|产自$"
)


@cache
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What stands between the members of an enumeration, "only" before and behind one, and "also"."""
    words = topic("sets")
    small = "|".join(map(re.escape, map(fold, words["between"])))
    east = "|".join(map(re.escape, words["between_east"]))
    joined = rf"(?:[\s,/&\"'*()|-]|\b(?:{small})(?=[\s'\"*])|{east})*"
    between = re.compile(rf"{joined}(?:(?<=, )[a-z]{{4,14}}, {joined})?")
    only = "|".join(map(fold, words["only"]))
    before = re.compile(rf"(?:\b(?:{only})(?: (?:{small}))*[\s:]*|\bn'\w+ (?:\w+ )?qu'(?:\w+ )?|仅|只|僅)$")
    behind = re.compile(r"(?: only| seulement| uniquement| solamente| soltanto| alleen)(?=[.;:!)\n]|$)|のみ|だけ|に限")
    also = re.compile(rf"(?:\b(?:{'|'.join(map(fold, words['also']))})\b[^.;:]{{0,24}}|也|还|還|也在|にも)$")
    return between, before, behind, also


def weigh_typed(scene: Scene, probe: Probe) -> bool:
    """Judges a set of a known kind; False when the sentence says nothing of it that can be judged so."""
    kind = kind_of(probe.names)
    if kind is None:
        return False
    told = [
        item
        for item in items_said(scene.unit, scene.plain, probe.names, kind, scene.language)
        if not scene.scope.silent(item.start)
        and "past" not in scene.scope.at(item.start)
        and is_ours(owners_of(scene.unit, scene.plain, item.start, item.end), probe.subject)
    ]
    if not told or _of_another(scene, probe, kind, told):
        return False
    chains = _chains(scene, told)
    about = _about(scene, probe, kind)
    standing = [item for item in told if not is_denied(scene.scope, scene.folded, item.start)]
    right = [item for item in standing if item.is_member]
    for chain in chains:
        stands = [item for item in chain if item in standing]
        wrong = [item for item in stands if not item.is_member]
        part = is_of_a_part(scene, chain[0].start, probe) and not (about and len(wrong) < len(stands))
        if wrong and not part and _is_extra(scene, probe, kind, stands, right, about):
            scene.add("clash", wrong[0].start, wrong[0].end, probe, fabricated=True)
            return True
        lacks = _lacks(scene, probe, chain, stands, about)
        if lacks is not None and not part:
            scene.add("clash", lacks.start, lacks.end, probe, denies=True)
            return True
    if right and len({fold(scene.plain.text[item.start : item.end]) for item in right}) >= len(probe.names):
        scene.add("match", right[0].start, right[-1].end, probe)
    return bool(right) and len(right) == len(standing)


def _chains(scene: Scene, told: list[Item]) -> list[list[Item]]:
    """The items of each enumeration."""
    between = _expressions()[0]
    found: list[list[Item]] = []
    for item in told:
        if found and between.fullmatch(scene.folded, found[-1][-1].end, item.start):
            found[-1].append(item)
        else:
            found.append([item])
    return found


def _is_extra(scene: Scene, probe: Probe, kind: str, stands: list[Item], right: list[Item], about: int) -> bool:
    """Whether an enumeration with a word that is no member speaks of the set."""
    beside = [item for item in stands if item.is_member]
    if beside:
        return len(beside) > 1 or about > 0 or kind in _OWN_WORDS or len(probe.names) == 1
    start, end = stands[0].start, stands[-1].end
    if _NOT_BEHIND.match(scene.folded, end, scene.unit.end):
        return False
    before = scene.folded[max(scene.unit.start, start - _BEFORE) : start]
    if kind == "place" and (not _INTO.search(before) or bool(_FROM.search(before)) != ("source" in probe.deeds)):
        return False
    if _expressions()[3].search(before):
        return len(right) > 1 or about > 0
    return about > 1 and not right


def _of_another(scene: Scene, probe: Probe, kind: str, told: list[Item]) -> bool:
    """Whether a sentence that names no member names one of another set of that kind: the labels are not the certificates."""
    if any(item.is_member for item in told):
        return False
    said = {fold(scene.plain.text[item.start : item.end]) for item in told}
    return any(
        one.sort == "members"
        and one.fact_id != probe.fact_id
        and kind_of(one.names) == kind
        and said & set(map(fold, one.names))
        for one in scene.probes
    )


def _lacks(scene: Scene, probe: Probe, chain: list[Item], stands: list[Item], about: int) -> Item | None:
    """The member that is denied, or the last of those that are said to be all."""
    first = chain[0]
    if about and not stands and first.is_member and governs(scene.scope, scene.folded, first.start, first.start):
        return None if any(hit.start > chain[-1].end for hit in scene.scope.contrasts) else first
    if not about or len(stands) >= len(probe.names) or not all(item.is_member for item in stands):
        return None
    _, before, behind, _ = _expressions()
    limited = stands and (
        before.search(scene.folded, max(scene.unit.start, first.start - _BEFORE), first.start)
        or behind.match(scene.folded, chain[-1].end)
    )
    return stands[-1] if limited else None


def _about(scene: Scene, probe: Probe, kind: str) -> int:
    """How surely a sentence speaks of what the set is a set of: by its concept, its words, what is done with its members."""
    named = content(" ".join(probe.names))
    words, topics = probe.words - named, probe.topic - named
    if probe.language != scene.language:
        words = frozenset(filter(is_sense, words))
    shared = words & scene.unit.stems
    hit = probe.concept is not None and (
        probe.concept in scene.unit.lead or any(hit.name == probe.concept for hit in scene.unit.hits)
    )
    done = deeds_in(scene.unit.tokens, scene.folded, scene.unit.start, scene.unit.end)
    told = 2 * (hit or bool(topics & shared)) + bool(shared) + bool(probe.deeds & done)
    return told + (kind == "mark" or (kind == "licence" and "licence" in done))
