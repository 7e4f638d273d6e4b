"""Closed sets in sentences: an enumeration of members with one that is none, and another number of them."""

from __future__ import annotations

import re

from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.elsewhere import is_of_something_else
from pipelines.perception.judge.lexicon import expression
from pipelines.perception.judge.people import same_person
from pipelines.perception.judge.places import Spot, compatible, spots_of
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.sets_typed import weigh_typed
from pipelines.perception.judge.subjects import owners_of
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge.verdicts import Scene

_JOINT = re.compile(
    r"\s*(?:,|;|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\bi\b|\boraz\b|\bor\b|\boder\b|\bou\b|&|\bsowie\b|\bas well as\b|\bplus\b)\s*(?:and |und |et |y |e |en )?"
)
_SHORT = 2  # words of an entry in small letters
_REST = frozenset(
    [
        "more",
        "others",
        "other",
        "etc",
        "so",
        "on",
        "mehr",
        "anderes",
        "andere",
        "plus",
        "autres",
        "otros",
        "mas",
        "altro",
        "altri",
        "meer",
        "andere",
        "mais",
        "outros",
        "inne",
        "more",
        "things",
    ]
)
_ARTICLE = re.compile(r"^(?:the|die|der|das|la|le|les|el|los|las|il|lo|de|het|o|a|os|as) ", re.IGNORECASE)
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
        if probe.sort != "members":
            continue
        if not weigh_typed(scene, probe) and len(probe.names) > 1:
            _extra_member(scene, probe)
        if len(probe.names) > 1:
            _other_number(scene, probe)


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
    small = not any(scene.plain.text[place[0]].isupper() for place in places)
    if small and len(places) == len(probe.names):
        _extra_word(scene, probe, low, end)
        return
    for piece in _pieces(scene, low, end):
        name = _NAMED.match(scene.plain.text[piece[0] : piece[1]])
        if name is None:
            continue
        said = name["name"]
        whole = _ARTICLE.sub("", scene.plain.text[piece[0] : piece[1]].strip())
        if fold(said) in _STATES or any(is_member(whole, member) for member in probe.names):
            continue
        if not any(is_member(said, member) for member in probe.names) and not _is_tracked(scene, piece):
            at = piece[0] + name.start("name")
            scene.add("clash", at, piece[0] + name.end("name"), probe, fabricated=True)
            return


def _extra_word(scene: Scene, probe: Probe, low: int, end: int) -> None:
    """One more thing than there are, told in small letters behind all members: "myopia, cataract and squint"."""
    place, is_last = low, False
    for joint in [*_JOINT.finditer(scene.folded, low, end), None]:
        stop = joint.start() if joint else end
        said = scene.plain.text[place:stop].strip()
        if is_last or joint is None:
            told = any(is_member(_ARTICLE.sub("", said), member) for member in probe.names)
            if not told and is_last and 0 < len(said.split()) <= _SHORT and fold(said) not in _REST:
                scene.add("clash", place, stop, probe, fabricated=True)
            return
        if not any(is_member(_ARTICLE.sub("", said), member) for member in probe.names):
            return
        place = joint.end()
        is_last = joint[0].strip() not in (",", ";")


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
            if expression("mostly").search(scene.folded, scene.unit.start, value.start):
                return
            joined = re.match(r"-[a-z]", scene.folded[value.end : value.end + 2])  # "a six-pack"
            if not joined and not is_of_something_else(scene, value, probe):
                scene.add("clash", value.start, value.end, probe)
            return


def _mine(scene: Scene, low: int, high: int) -> bool:
    owners = owners_of(scene.unit, scene.plain, low, high)
    return any(owner == "brand" or owner.startswith("product:") for owner in owners)
