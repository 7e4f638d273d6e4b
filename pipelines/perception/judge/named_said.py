"""Claims that name somebody or some place: founders, heads, headquarters, owners, and the members of closed sets."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from pipelines.perception.judge.elsewhere import is_at_a_part, is_of_a_part
from pipelines.perception.judge.lexicon import Hit, concepts
from pipelines.perception.judge.member_kinds import marks, plain_mark, same_mark
from pipelines.perception.judge.people import Person, find_people, mentioned, same_person
from pipelines.perception.judge.people_said import RoleSaid, said_of
from pipelines.perception.judge.places import compatible
from pipelines.perception.judge.places_said import PlaceSaid, places_in
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import governs, is_denied
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.subjects import is_said_of_brand
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge.verdicts import Scene

_NEXT_TO = 16
_ALIKE = 0.6  # two spellings of one place are about this much alike


def weigh_people(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.sort == "people"]
    roles = [hit for probe in probes if probe.concept is None for hit in _role_words(scene, probe)]
    taken = [(mention.start, mention.end) for mention in scene.unit.mentions]
    people = find_people(scene.plain, scene.unit.start, scene.unit.end, taken)
    seen: set[str] = set()
    for said in said_of(scene.unit, scene.plain, people, roles):
        if said.role == "other_role" or not is_said_of_brand(scene, said.anchor, (said.start, said.end)):
            continue
        past = "past" in scene.scope.at(said.start) | scene.scope.at(said.anchor[0])
        once = said.role != "founder" and (past or (said.role != "owner" and _held_once(scene, said)))
        if scene.scope.silent(said.start) or once:
            continue
        seen.add(said.role)
        own = [probe for probe in probes if _role_of(probe) == said.role]
        denied = is_denied(scene.scope, scene.folded, said.start)
        if own:
            apt = [probe for probe in own if probe.topic & scene.unit.stems] if len(own) > 1 else own
            _weigh_role(scene, said, (apt or own)[0], denied=denied)
        elif not denied:
            scene.add("unknown", said.start, said.end)
    for probe in probes:
        if probe.concept is not None and probe.concept not in seen:
            _known_names(scene, probe, people)


_ONCE = re.compile(r"\b(?:was|were|had been|a|avait|wurde|fue|estuvo|era|e stat[ao]|werd|foi|byl[ao]?) (?:\w+ )?$")
_LEFT = re.compile(
    r"[^,.;]{0,60}\b(?:retired|stepped down|left the company|resigned|died|handed over|in den ruhestand|zuruckgetreten|trat zuruck|schied aus|verstarb|a la retraite|a quitte|est decede|se jubilo|dimitio|dejo el cargo|fallecio|in pensione|si e dimess\w|ha lasciato"
    r"|met pensioen|stapte op|trad terug|reformou-se|aposentou-se|deixou o cargo|demitiu-se|przeszed\w+ na emerytur\w+|odszed\w+|ustapi\w+)\b"
)
_TAKEN_OVER = re.compile(
    r"\b(?:took over|takes over|ubernahm|reprit|succeeded|relevo|subentr\w+|volgde|assumiu|przejal\w*|predecess\w+|vorganger\w*|predecesseur\w*|predecesor\w*|voorganger\w*|antecessor\w*|poprzedni\w*)\b(?! in \d)[^.;]{0,60}$"
)


def _held_once(scene: Scene, said: RoleSaid) -> bool:
    """ "was led by", "a dirigé", "took over from": who led, not who leads."""
    low = scene.unit.start
    led = scene.plain.text[said.anchor[0] : said.anchor[1]].lower()
    before = scene.folded[max(low, said.anchor[0] - 14) : said.anchor[0]]
    if (
        led.endswith(("led by", "run by", "headed by", "\u00e9", "\u00e9e"))
        and _ONCE.search(before)
        and not led.startswith("is ")
    ):
        return led.startswith(("led", "run", "headed")) or before.endswith(("a ", "avait "))
    if said.anchor[0] >= said.end and re.search(
        r"\b(?:was|war|etait|era|fue|foi|byl[ao]?)(?: (?:the|a|its|der|die|le|la|el|il|o|de))? *$", before
    ):
        return True  # "… was rector of …"
    if _LEFT.search(scene.folded, said.start, scene.unit.end):
        return True
    return _TAKEN_OVER.search(scene.folded, low, said.start) is not None and said.start > said.anchor[0]


def _role_of(probe: Probe) -> str:
    return probe.concept or f"fact {probe.fact_id}"


def _role_words(scene: Scene, probe: Probe) -> list[Hit]:
    """Where a role of its own kind is named, by the words of its predicate: "winemaker", "managing partner"."""
    wanted = probe.topic - {stem(word) for name in probe.names for word in fold(name).split()}
    places = [token for token in scene.unit.tokens if stem(token.word) in wanted]
    if not wanted or {stem(token.word) for token in places} != wanted:
        return []
    return [Hit(_role_of(probe), places[0].start, places[len(wanted) - 1].end)]


def _weigh_role(scene: Scene, said: RoleSaid, probe: Probe, *, denied: bool) -> None:
    right = [name for name in said.names if any(same_person(name, true) for true in probe.names)]
    wrong = [name for name in said.names if name not in right]
    if denied:
        if right and not wrong and governs(scene.scope, scene.folded, said.anchor[0], said.start):
            scene.add("clash", said.start, said.end, probe, denies=True)
    elif wrong:
        scene.add("clash", said.start, said.end, probe, fabricated=True)
    else:
        scene.add("match", said.start, said.end, probe)


def _known_names(scene: Scene, probe: Probe, people: list[Person]) -> None:
    """A right name beside its role that was not read as one, such as a surname alone or one in another script."""
    hits = [hit for hit in scene.unit.hits if hit.name == probe.concept]
    if not hits and probe.concept not in scene.unit.lead:
        return
    for name in probe.names:
        span = mentioned(name, scene.plain, scene.unit.start, scene.unit.end)
        if span is None or scene.scope.silent(span[0]) or is_denied(scene.scope, scene.folded, span[0]):
            continue
        if any(person.start <= span[0] < person.end and not same_person(person.name, name) for person in people):
            continue
        near = min(hits, key=lambda hit: abs(hit.start - span[0]), default=None)
        anchor = (near.start, near.end) if near is not None else span
        if is_said_of_brand(scene, anchor, span):
            scene.add("match", *span, probe)
            return


def weigh_places(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.sort == "place"]
    _slots(scene, [probe for probe in probes if probe.concept is None])
    by_concept: dict[str, list[PlaceSaid]] = {}
    for said in places_in(scene.unit, scene.plain, scene.language):
        if said.concept is None or not is_said_of_brand(scene, said.anchor, (said.start, said.end)):
            continue
        event = concepts()[said.concept].event
        if scene.scope.silent(said.start) or (not event and "past" in scene.scope.at(said.start)):
            continue
        by_concept.setdefault(said.concept, []).append(said)
    for concept, listed in by_concept.items():
        own = [probe for probe in probes if probe.concept == concept]
        if own:
            _weigh_place(scene, listed, own[0])
        elif concept == "founded":
            for probe in probes:
                fitting = next(
                    (
                        said
                        for said in listed
                        if probe.concept == "headquarters" and compatible(said.spots, probe.spots)
                    ),
                    None,
                )
                if fitting is not None and not is_denied(scene.scope, scene.folded, fitting.start):
                    scene.add("match", fitting.start, fitting.end, probe)
        elif not listed[0].wide and not is_denied(scene.scope, scene.folded, listed[0].start):
            scene.add("unknown", listed[0].start, listed[0].end)


def _slots(scene: Scene, probes: list[Probe]) -> None:
    """Places of things that have no concept, by the fact's own words: "the warehouse of … is in Doncaster"."""
    for probe in probes:
        wanted = probe.words if probe.language == scene.language else {one for one in probe.words if is_sense(one)}
        if not wanted or len(wanted & scene.unit.stems) * 2 < len(wanted):
            continue
        listed = [
            said
            for said in places_in(scene.unit, scene.plain, scene.language)
            if said.spots
            and not said.wide
            and said.concept != "headquarters"
            and is_said_of_brand(scene, said.anchor, (said.start, said.end))
            and not scene.scope.silent(said.start)
            and "past" not in scene.scope.at(said.start)
        ]
        if listed:
            _weigh_place(scene, listed, probe)


def _weigh_place(scene: Scene, listed: list[PlaceSaid], probe: Probe) -> None:
    clash: PlaceSaid | None = None
    for said in listed:
        fits = _fits(said, probe)
        denied = is_denied(scene.scope, scene.folded, said.start)
        if denied:
            if (
                fits
                and not said.wide
                and not _MOVED.search(scene.folded, said.anchor[0], said.anchor[1])
                and governs(scene.scope, scene.folded, said.anchor[0], said.start)
                and not any(hit.start > said.end for hit in scene.scope.contrasts)
            ):
                scene.add("clash", said.start, said.end, probe, denies=True)
            continue
        if fits:
            wide = said.wide or any(not spot.town for spot in said.spots)
            loose = wide and any(spot.town for spot in probe.spots)
            scene.add("match", said.start, said.end, probe, loose=loose)
            if not loose:
                return
        if fits is False and clash is None:
            clash = said
    known = clash is None or bool(clash.spots) or not clash.anchor or _is_strong(scene, clash)
    if clash is not None and _ONE_MORE.search(scene.folded, scene.unit.start, clash.anchor[0]):
        return
    if clash is not None and probe.concept == "headquarters" and _is_hosted(scene, clash):
        return
    if clash is not None and probe.concept == "headquarters" and is_at_a_part(scene, clash.start, clash.anchor):
        return
    if clash is not None and known and not is_of_a_part(scene, clash.start, probe):
        scene.add("clash", clash.start, clash.end, probe)


# "a second location in Peniche", "another plant": one more is not the one that the fact is about.
_ONE_MORE = re.compile(
    r"\b(?:second|third|another|further|additional|zweite\w*|weitere\w*|deuxieme|autre|segund[oa]|otr[oa]|second[oa]|altr[oa]|tweede|andere|outr[oa]|drug\w+|kolejn\w+) (?:[\w-]+ )?$"
)
_MOVED = re.compile(r"mov|reloc|umgezog|verleg|demenag|transf|traslad|trasfer|verhui|mud|przen")


def _is_hosted(scene: Scene, said: PlaceSaid) -> bool:
    """ "three data centres: in Tallinn, Frankfurt and Warsaw": where data is, with no word for a seat behind it."""
    hosted = [hit.end for hit in scene.unit.hits if hit.name == "hosting" and hit.end <= said.start]
    return bool(hosted) and said.anchor[0] < max(hosted)


_STRONG = re.compile(
    r"headquart|based|\bhq\b|head office|seat|sitz|zentrale|siege|installe|implant|sede|radicad|ubicad|gevestigd|hoofdkantoor|zetel|sedead|sediad|siedzib|store|speicher|host|wareh|lager"
)


def _is_strong(scene: Scene, said: PlaceSaid) -> bool:
    """Whether an unknown name can only be a place: right behind a word for a seat. German writes every noun with a capital."""
    trigger = scene.folded[said.anchor[0] : said.anchor[1]]
    return _STRONG.search(trigger) is not None and said.start - said.anchor[1] <= _NEXT_TO


def _fits(said: PlaceSaid, probe: Probe) -> bool | None:
    told = {key(name.split(",")[0]) for name in probe.names}
    if any(re.search(rf"\b{re.escape(one)}\b", key(said.name)) for one in told if one):
        return True
    if probe.wider and said.spots and not any(spot.town for spot in said.spots) and compatible(said.spots, probe.wider):
        return True  # "in Scotland", for one in "Campbeltown, Scotland"
    known = compatible(said.spots, probe.spots)
    if known or (known is not None and not any(one.startswith(key(said.name) + " ") for one in told)):
        return known
    if said.spots and not probe.spots and probe.wider and (inside := compatible(said.spots, probe.wider)) is not None:
        town = any(spot.town for spot in said.spots)
        return inside if not (inside and town) else False  # another town of the same country
    told = {key(name) for name in probe.names}
    name = key(said.name)
    if any(name in one or one in name for one in told):
        return True
    if any(SequenceMatcher(None, name, one.split(" ")[0]).ratio() >= _ALIKE for one in told):
        return None  # "Saragoça" may be Zaragoza
    if (said.spots and not probe.spots) or (not said.spots and probe.spots):
        return False if said.name.count(" ") <= 1 and not _is_region(name) else None
    return False if not _is_region(name) else None


_REGIONS = re.compile(
    r"\b(?:\w+shire|county|valley|region|coast|peninsula|north|south|east|west|midlands|district|area|province|countryside|riviera|isle|islands?|mountains|alps|campus|street|road|park|quarter|neighbou?rhood|quartier|viertel|barrio|prefecture|canton|state|kreis|landkreis|departement|comarca|provinz|provincia|provincie|voivod\w+|highlands|lowlands|fens)\b"
)


def _is_region(name: str) -> bool:
    return _REGIONS.search(name) is not None


def weigh_members(scene: Scene) -> None:
    """Members of closed sets, and certificates and awards that no set holds."""
    for probe in scene.probes:
        if probe.sort == "members":
            _listed_members(scene, probe)
    certificates = [
        probe for probe in scene.probes if probe.concept == "certification" and probe.sort in ("members", "name")
    ]
    for match in marks().finditer(scene.plain.text, scene.unit.start, scene.unit.end):
        _weigh_certificate(scene, match, certificates)


def _listed_members(scene: Scene, probe: Probe) -> None:
    hits = [hit for hit in scene.unit.hits if hit.name == probe.concept] or (probe.concept in scene.unit.lead)
    if not hits and not (probe.words & scene.unit.stems):
        return
    for name in probe.names:
        place = scene.folded.find(fold(name), scene.unit.start, scene.unit.end)
        if place < 0 or scene.scope.silent(place):
            continue
        span = (place, place + len(name))
        if not is_said_of_brand(scene, span, span):
            continue
        if is_denied(scene.scope, scene.folded, place):
            continue
        scene.add("match", *span, probe)
        return


def _goes_on(scene: Scene, place: int) -> bool:
    """ "is not tested on animals and carries the seals …": what stands behind "and" is not denied."""
    last = max((hit.end for hit in scene.scope.negators if hit.end <= place), default=place)
    return re.search(r" (?:and|und|et|y|e|en|oraz|i) [a-z]+ (?:\w+ )", scene.folded[last:place]) is not None


def _weigh_certificate(scene: Scene, match: re.Match[str], probes: list[Probe]) -> None:
    span = match.span()
    if scene.scope.silent(span[0]) or "past" in scene.scope.at(span[0]) or not is_said_of_brand(scene, span, span):
        return
    denied = is_denied(scene.scope, scene.folded, span[0]) and not _goes_on(scene, span[0])
    said = plain_mark(match[0])
    probe = next((one for one in probes if any(same_mark(said, plain_mark(name)) for name in one.names)), None)
    if probe is not None:
        if denied:
            if governs(scene.scope, scene.folded, span[0], span[0]):
                scene.add("clash", *span, probe, denies=True)
        elif probe.sort == "name":
            scene.add("match", *span, probe)
    elif not denied and (scene.unit.hits or scene.unit.lead):
        closed = next((one for one in probes if one.closed), None)
        told = (
            any(hit.name in ("certification", "award") for hit in scene.unit.hits) or "certification" in scene.unit.lead
        )
        if closed is not None and told:
            scene.add("clash", *span, closed, fabricated=True)
        elif told and not any(same_mark(said, word) for one in scene.probes for word in map(plain_mark, one.names)):
            scene.add("unknown", *span)
