"""Claims with one proper name as value: the owner, the licence, the regulator and the like, read beside their trigger."""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import Hit
from pipelines.perception.judge.people import same_person
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.subjects import is_said_of_brand
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge.verdicts import Scene

_OTHERS = ("owner", "licence", "hosting", "legal_form")  # another name right behind one of these contradicts
_LEAD = (
    r"(?:the|a|an|by|to|of|is|are|was|and|now|today|currently|der|die|das|den|dem|von|vom|zu|zur|zum|ist|wird|la|le|les|l'|el|los|il|lo|de|del|della|dell'|des|du|d'|di|da|do"
    r"|het|van|is|o|a|e|es|est|jest|au|al|under|unter|from|in|businesswoman|businessman|entrepreneur|investor|hotelier|empresari[oa]|unternehmer(?:in)?|imprenditore|imprenditrice|private-equity|firm|company|group|grupo|gruppo|gruppe|groupe|groep|grupy|grupa|grupie|konzern|koncernu)"
)
_AFTER_TRIGGER = re.compile(rf"^(?:[ :,(|]|{_LEAD}(?=[ :'])|l'|d'|dell')*")
_NAME = re.compile(
    r"[A-Z\u00c0-\u00de0-9][\w&.'+/-]*(?: (?:&|of|de|the|und|and) [A-Z][\w&.'-]*| [A-Z\u00c0-\u00de0-9][\w&.'+/-]*){0,4}"
)
_HOLDS = {"owns", "besitzt", "possede", "posee", "possiede", "bezit", "possui", "posiada"}
_NAME_BEFORE = re.compile(
    r"(?P<name>[A-Z\u00c0-\u00de][\w&.'-]*(?: [A-Z\u00c0-\u00de][\w&.'-]*){0,4})[ ,]*(?:now |currently |also )?$"
)
# "the restaurateur ", "dello chef ", "al grupo de cosm\u00e9tica ": what a name's bearer is
_PROFESSION = re.compile(
    r"[ '](?:(?:the|an?|der|dem|die|einem|einer|le|la|el|il|lo|dello|dell'|del|o|de|een|um|uma) ?)?[a-z-]{4,16} (?:(?:de|di|du|van|der|fur|for) [a-z-]{4,16} )?(?=[a-z])"
)
_ONCE = re.compile(
    r"\b(?:was|were|used to be|had been|war|waren|etait|fue|era|eran|erano|apparteneva|pertenecia|appartenait|was ooit|byla?) (?:\w+ )?$"
)
_STATES_NOW = (
    "part of",
    "owned by",
    "subsidiary of",
    "division of",
    "teil der",
    "fa parte di",
    "forma parte de",
    "propriete de",
    "filiale de",
    "onderdeel van",
)
_FARTHEST = 40


def weigh_names(scene: Scene) -> None:
    """Facts with one proper name as value, and owners who are people."""
    for probe in scene.probes:
        if probe.sort == "name" or (probe.sort == "people" and probe.concept == "owner"):
            _weigh(scene, probe)


def _weigh(scene: Scene, probe: Probe) -> None:
    hits = [hit for hit in scene.unit.hits if hit.name == probe.concept]
    if probe.sort == "name":
        place = scene.folded.find(fold(probe.names[0]), scene.unit.start, scene.unit.end)
        related = bool(hits) or probe.concept in scene.unit.lead or (probe.concept is None and _shares(scene, probe))
        if place >= 0 and related:
            span = (place, place + len(probe.names[0]))
            anchor = min(((hit.start, hit.end) for hit in hits), key=lambda one: abs(one[0] - place), default=span)
            if (
                not scene.scope.silent(place)
                and "past" not in scene.scope.at(place)
                and is_said_of_brand(scene, anchor, span)
            ):
                denied = is_denied(scene.scope, scene.folded, place)
                scene.add("clash" if denied else "match", *span, probe, denies=denied)
            return
    if probe.concept in _OTHERS:
        _other_name(scene, probe, hits)


def _shares(scene: Scene, probe: Probe) -> bool:
    return bool(probe.words) and len(probe.words & scene.unit.stems) * 2 >= len(probe.words)


def _other_name(scene: Scene, probe: Probe, hits: list[Hit]) -> None:
    for hit in hits:
        span = _named_before(scene, hit) if scene.folded[hit.start : hit.end] in _HOLDS else _named_behind(scene, hit)
        if span is None or key(scene.plain.text[slice(*span)]).isdigit():
            continue
        if any(one.start <= span[0] < one.end for one in scene.unit.mentions if one.role != "rival"):
            continue
        held = scene.folded[hit.start : hit.end]
        if held in _STATES_NOW and _ONCE.search(scene.folded, scene.unit.start, hit.start):
            continue  # "was part of …" tells of the past
        said = scene.plain.text[slice(*span)]
        if probe.sort == "people" and any(same_person(said, name) for name in probe.names):
            continue
        if (
            scene.scope.silent(span[0])
            or "past" in scene.scope.at(span[0])
            or is_denied(scene.scope, scene.folded, span[0])
        ):
            continue
        if is_said_of_brand(scene, (hit.start, hit.end), (hit.start, hit.end)):
            scene.add("clash", *span, probe)
            return


def _named_behind(scene: Scene, hit: Hit) -> tuple[int, int] | None:
    """The name behind a trigger, also behind the brand's own: "the owner of … is Corvane Capital"."""
    place = hit.end
    for mention in scene.unit.mentions:
        if (
            mention.role == "brand"
            and mention.start >= hit.end
            and _AFTER_TRIGGER.fullmatch(scene.folded[hit.end : mention.start])
        ):
            place = mention.end
            break
    lead = _AFTER_TRIGGER.match(scene.folded[place : scene.unit.end])
    start = place + (lead.end() if lead else 0)
    match = _NAME.match(scene.plain.text, start, scene.unit.end)
    if match is None and (called := _PROFESSION.match(scene.folded, start - 1, scene.unit.end)):
        match = _NAME.match(scene.plain.text, called.end(), scene.unit.end)
    return match.span() if match is not None and start - place <= _FARTHEST else None


def _named_before(scene: Scene, hit: Hit) -> tuple[int, int] | None:
    match = _NAME_BEFORE.search(scene.plain.text, max(scene.unit.start, hit.start - 60), hit.start)
    return match.span("name") if match else None
