"""Closed sets in sentences: an enumeration of members with one that is none, and another number of them."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.elsewhere import is_of_something_else
from pipelines.perception.judge.people import same_person
from pipelines.perception.judge.places import Spot, compatible, spots_of
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.subjects import owners_of
from pipelines.perception.judge.terms import are_languages, languages_said, places_named, spots_of_all
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge.verdicts import Scene

_JOINT = re.compile(
    r"\s*(?:,|;|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|&|\bsowie\b|\bas well as\b|\bplus\b)\s*(?:and |und |et |y |e |en )?"
)
_NAMED = re.compile(
    r"^(?:[a-z\u00df-\u00ff'-]+ |[A-Z][a-z]+(?=spiel|gravel) ){0,3}(?:(?:[A-Z][a-z\u00e0-\u00ff]+ )(?=[A-Z]))?(?P<name>[A-Z0-9][\w'+-]*(?: [A-Z0-9][\w'+-]*){0,3})(?=$|[ .,:(])"
)


_STATES = frozenset(
    [
        "republique",
        "republica",
        "repubblica",
        "republik",
        "republic",
        "republiek",
        "kingdom",
        "royaume",
        "konigreich",
        "reino",
        "regno",
        "koninkrijk",
        "estados",
        "etats",
        "united",
        "vereinigte",
        "vereinigtes",
        "stati",
        "verenigde",
    ]
)


def weigh_sets(scene: Scene) -> None:
    for probe in scene.probes:
        if probe.sort == "members" and len(probe.names) > 1:
            if scene.language not in _TYPED or not _typed(scene, probe):
                _extra_member(scene, probe)
            _other_number(scene, probe)


_TYPED = ("ja", "zh", "pl")  # languages whose enumerations are not read by their capitals
_BETWEEN = 8  # characters between two entries: ", w ", "、"


def _typed(scene: Scene, probe: Probe) -> bool:
    """Members that are languages or places, in the sentence's own words for them; False for a set of other things."""
    if are_languages(probe.names):
        said = languages_said(scene.unit, scene.plain, probe.names, scene.language)
    elif spots := spots_of_all(probe.names):
        said = places_named(scene.unit, scene.plain, spots, scene.language)
    else:
        return False
    told = [
        term
        for term in said
        if not scene.scope.silent(term[0])
        and "past" not in scene.scope.at(term[0])
        and not is_denied(scene.scope, scene.folded, term[0])
        and _mine(scene, term[0], term[1])
    ]
    right = [term for term in told if term[2]]
    if len(right) < 2:
        return True
    for first, second in pairwise(told):
        if first[2] != second[2] and second[0] - first[1] <= _BETWEEN:
            wrong = second if first[2] else first
            scene.add("clash", wrong[0], wrong[1], probe, fabricated=True)
            return True
    if len(right) >= len(probe.names):
        scene.add("match", right[0][0], right[-1][1], probe)
    return True


def _extra_member(scene: Scene, probe: Probe) -> None:
    """A name in the same enumeration as two members that is no member."""
    places = [place for name in probe.names if (place := _standing(scene, name)) is not None]
    if len(places) < min(2, len(probe.names)):
        return
    low, high = min(place[0] for place in places), max(place[1] for place in places)
    if scene.scope.silent(low) or is_denied(scene.scope, scene.folded, low) or not _mine(scene, low, high):
        return
    stop = re.search(r"[.;:!?\n(]", scene.folded[high : scene.unit.end])
    end = high + stop.start() if stop else scene.unit.end
    start = low
    for piece in _pieces(scene, start, end):
        name = _NAMED.match(scene.plain.text[piece[0] : piece[1]])
        if name is None:
            continue
        said = name["name"]
        whole = re.sub(
            r"^(?:the|die|der|das|la|le|les|el|los|las|il|lo|de|het|o|a|os|as) ",
            "",
            scene.plain.text[piece[0] : piece[1]].strip(),
            flags=re.IGNORECASE,
        )
        if fold(said) in _STATES or any(is_member(whole, member) for member in probe.names):
            continue
        if not any(is_member(said, member) for member in probe.names) and not _is_tracked(scene, piece):
            at = piece[0] + name.start("name")
            scene.add("clash", at, piece[0] + name.end("name"), probe, fabricated=True)
            return


def _pieces(scene: Scene, start: int, end: int) -> list[tuple[int, int]]:
    """The entries of an enumeration, until one is no name any more."""
    found = []
    place = start
    for joint in _JOINT.finditer(scene.folded, start, end):
        found.append((place, joint.start()))
        place = joint.end()
    found.append((place, end))
    kept = []
    for low, high in found:
        text = scene.plain.text[low:high].strip()
        if not text or len(text.split()) > 5 or not any(map(str.isupper, text)):
            break
        kept.append((low, high))
    return kept


def _standing(scene: Scene, name: str) -> tuple[int, int] | None:
    match = re.search(
        rf"(?<![a-z0-9]){re.escape(fold(name))}(?![a-z0-9])", scene.folded[scene.unit.start : scene.unit.end]
    )
    if match is not None:
        return scene.unit.start + match.start(), scene.unit.start + match.end()
    spots = _countries(name)
    if spots:
        for word in scene.unit.tokens:
            if spots_in(word.word, scene.language) == spots and scene.plain.text[word.start].isupper():
                return word.start, word.end
    return None


def _countries(name: str) -> tuple[Spot, ...]:
    return spots_of(name)


def is_member(said: str, member: str) -> bool:
    a, b = key(said), key(member)
    fits = a in b or b in a or (same_person(said, member) and len(a.split()) > 1)
    return fits or compatible(_countries(said), _countries(member)) is True


def _is_tracked(scene: Scene, piece: tuple[int, int]) -> bool:
    return any(
        mention.start < piece[1] and piece[0] < mention.end and mention.role != "other"
        for mention in scene.unit.mentions
    )


def _other_number(scene: Scene, probe: Probe) -> None:
    """ "four grape varieties" where there are three."""
    for value in scene.unit.values:
        if (
            value.kind != "count"
            or value.relation != "exact"
            or value.high is not None
            or not 2 <= value.readings[0] <= 30
        ):
            continue
        about = set(value.nouns[:2]) & probe.nouns
        if not about or value.readings[0] == len(probe.names) or not _mine(scene, value.start, value.end):
            continue
        if (
            not scene.scope.silent(value.start)
            and not is_denied(scene.scope, scene.folded, value.start)
            and "past" not in scene.scope.at(value.start)
        ):
            joined = re.match(r"-[a-z]", scene.folded[value.end : value.end + 2])  # "a six-pack"
            if not joined and not is_of_something_else(scene, value, probe):
                scene.add("clash", value.start, value.end, probe)
            return


def _mine(scene: Scene, low: int, high: int) -> bool:
    owners = owners_of(scene.unit, scene.plain, low, high)
    return any(owner == "brand" or owner.startswith("product:") for owner in owners)
