"""Which of an answer's contradictions stand: a false alarm costs more trust than a miss.

One is dropped where the rest of the answer speaks against it (it also says the true value; of several wrong ones the
first is meant), where its own clause puts it elsewhere (another time, a plan, a correction, a part of the company), and
where it was only misread (a figure inside a word, the same value written otherwise, a figure of another size).
"""

from __future__ import annotations

import re

from pipelines.perception.judge.elsewhere import words_of
from pipelines.perception.judge.foreign_subjects import speaks_of_another
from pipelines.perception.judge.invariants import says_the_fact
from pipelines.perception.judge.lexicon import finder
from pipelines.perception.judge.probe import Probe, content
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope, is_denied
from pipelines.perception.judge.scope_marks import ADVISES, COMMONLY, HEDGED
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.judge.verdicts import Verdict

Told = tuple[Unit, Verdict]
# Sorts of which a brand has one value; a list may be right in one part and wrong in another.
_SINGLE = {"amount", "place"}
_OF_A_SENTENCE = {
    "flag",
    "gist",
    "stated",
    "kind",
    "choice",
}  # a sentence read in several ways: one that fits is enough
_BY_WORDS = {"flag", "gist"}  # read by words and a negation alone: these take nothing back that was read better
_OF_ONE_VALUE = _SINGLE | {"name", "flag", "gist", "kind", "moment"}
_SMALL = 12  # a number like this counts something near at hand, not all of a company's people
_SMALL_RATIO, _ANY_RATIO = 5.0, 30.0
_WITHIN = 60  # characters around a claim that tell where it belongs
_FORMER = re.compile(
    r"\b(?:in (?:his|her|those|the old) days?|back then|at the time|used to|formerly|previously|had been|until recently|"
    r"damals|fruher|ehemals|autrefois|anciennement|antiguamente|un tempo|in passato|vroeger|voorheen|outrora|dawniej|"
    r"(?:until|till|bis|jusqu'en|hasta|fino al|tot|ate|do) (?:the |zum jahr |el ano |l'annee |roku )?(?:late |early )?(?:1[89]|20)\d\d)\b"
)
_CORRECTS = re.compile(
    r"^(?: \w+){0,3}(?:[\s,;:.\u2013\u2014\u2026(-]*(?:[,;:.\u2013\u2014\u2026(-]\s*(?:actually|rather|mejor dicho|anzi|plutot|alias)|no,)|[\s,;:.\u2013\u2014\u2026(-]*(?:sorry|pardon|je rectifie|ich korrigiere|rectifico|mi correggo|ik corrigeer|correction|wait|scratch that|i mean|i mixed|let me correct|entschuldigung|"
    r"verzeihung|korrektur|vielmehr|perdon|corrijo|pardon|scusa|correctie|excuus|perdao|przepraszam))"
)
_PLANNED = re.compile(
    r"\b(?:plans? to|planning to|intends?|wants to|hopes to|expected to|is considering|if demand|(?:from|ab|vanaf|a partir de|dal) 20[2-9]\d|od 20(?:2[7-9]|[3-9]\d)|"
    r"wil de|zou|gesproken over|preve|ampliaria|podria|pourrait|prevoit|potrebbe|konnte|will bald|pretende|planuje)\b"
)
_DENIED = re.compile(
    r"\b(?:mistaken|wrong|incorrect|untrue|not true|never (?:right|true)|myth|made up|falsch|irrtum|stimmt nicht|faux|fausse|erron|"
    r"inexact|falso|falsa|equivocad|sbagliat|errat|onjuist|klopt niet|errad|bledn|nieprawd)"
)
_RELATIVE = re.compile(
    r", (?:who|which|where|when|der|die|das|deren|dessen|qui|que|dont|quien|cuya|cuyo|che|cui|dat|wiens|cuja|cujo|ktor\w+)\b"
)
# What costs or lasts otherwise than it commonly does: "late check-out", "with the add-on for several companies, …".
_OTHERWISE = re.compile(
    r"\b(?:late check-?out|early check-?in|spater check-?out|fruher check-?in|depart tardif|arrivee anticipee|salida tardia|partenza posticipata|laat uitchecken|check-?out tardio)\b"
    r"|^[\s\"'*]*(?:with|including|plus|mit|inklusive|samt|avec|con|met|inclusief|com) (?:the|an?|one|two|all|every|der|dem|den|einer?m?|le|la|les|un[ae]?|el|los|las|il|lo|gli|de|het|een|os?|as?|uma?)\b[^,.;:]{3,60}, (?!\w+ (?:has|have|is|was|hat|ist)\b)"
)
_BASED = re.compile(r"-(?:based|headquartered|born|ansassig|basiert|gestutzt)")
_OF_A_PART = re.compile(
    r"\b(?:subsidiar|sister company|parent company|team alone|department|division|tochter(?:gesellschaft|firma)?|dochter|"
    r"consociata|controllata|spolka zalezna|(?:quarter|third|half) of a)"
)


def restrained(
    verdicts: list[Told], scopes: dict[int, Scope], plain: Plain, probes: tuple[Probe, ...], language: str
) -> list[Told]:
    """The verdicts without the contradictions that are none. `scopes` by the start of their unit."""
    of_fact: dict[str, list[Probe]] = {}
    for one in probes:
        of_fact.setdefault(one.fact_id, []).append(one)
    right = {
        _part(verdict.probe)
        for _, verdict in verdicts
        if verdict.outcome == "match" and verdict.probe and not verdict.loose
    }
    read = {
        verdict.probe.fact_id
        for _, verdict in verdicts
        if verdict.outcome == "match" and verdict.probe and not verdict.loose and verdict.probe.sort in _OF_A_SENTENCE
    }
    led = {(_part(one.probe), unit.start) for unit, one in verdicts if one.outcome == "match" and one.probe is not None}
    sure = {
        verdict.probe.fact_id
        for _, verdict in verdicts
        if verdict.outcome == "match"
        and verdict.probe
        and not verdict.loose
        and verdict.probe.sort in _OF_A_SENTENCE - _BY_WORDS
    }
    meant: dict[tuple[str, str, str | None], str] = {}
    kept: list[Told] = []
    for unit, verdict in verdicts:
        probe = verdict.probe
        if verdict.outcome == "clash" and probe is not None:
            if probe.fact_id in (read if _is_by_words(probe) else sure) and (
                probe.sort in _OF_A_SENTENCE or _is_free(probe)
            ):
                continue
            if probe.concept == "ceo" and (_part(probe), unit.start) in led:
                continue  # "Jane Doe, the head, will hand over to Jim Doe"
            scope = scopes[unit.start]
            if (
                _is_elsewhere(unit, verdict, plain, language)
                or _is_misread(unit, verdict, probe, plain)
                or _was_put_off(unit, scope, verdict, plain)
                or _is_denied_behind(unit, scope, verdict, probe, plain)
                or _is_of_nobody(unit, probe, plain, language)
                or speaks_of_another(unit, verdict, probe, plain, language)
                or says_the_fact(unit, scope, verdict, probe, plain, of_fact[probe.fact_id])
            ):
                continue
            if probe.sort in _OF_ONE_VALUE and not verdict.fabricated:
                said = fold(verdict.claimed)
                told_right = _part(probe) in right and not _corrected(verdicts, verdict, plain)
                if told_right or _true_beside(unit, scope, verdict, plain):
                    continue
                if meant.setdefault(_part(probe), said) != said:
                    continue
        kept.append((unit, verdict))
    return kept


def _is_by_words(probe: Probe) -> bool:
    return probe.sort in _BY_WORDS or (probe.stated is not None and probe.stated.by == "deed")


def _is_free(probe: Probe) -> bool:
    return probe.value is not None and probe.value.written == "free"


def _is_denied_behind(unit: Unit, scope: Scope, verdict: Verdict, probe: Probe, plain: Plain) -> bool:
    """ "who owns a capsule machine goes without, because the house makes none": denied in the clause that gives the reason."""
    if probe.flag or probe.sort not in _OF_A_SENTENCE:
        return False
    reason = _REASON.search(plain.folded, verdict.end, unit.end)
    return reason is not None and any(hit.start >= reason.end() for hit in scope.negators)


_REASON = re.compile(
    r",? (?:because|since|weil|denn|da|car|parce que|puisque|porque|ya que|perche|poiche|omdat|want|aangezien|pois|ja que|bo|poniewaz|gdyz) "
)


def _is_of_nobody(unit: Unit, probe: Probe, plain: Plain, language: str) -> bool:
    """Whether a sentence that names nobody and speaks of "it" nowhere advises, or tells how such things commonly are."""
    if probe.sort not in _OF_A_SENTENCE or unit.mentions or unit.cell >= 0:
        return False
    if finder("scope", language, "pronouns").find(unit.tokens, plain.folded, start=unit.start, end=unit.end):
        return False
    said = plain.folded[unit.start : unit.end]
    return ADVISES.search(said) is not None or COMMONLY.search(said) is not None


def _was_put_off(unit: Unit, scope: Scope, verdict: Verdict, plain: Plain) -> bool:
    """Whether the sentence put the same claim into others' mouths or denied it before: "some say Lisbon, but in Lisbon …"."""
    claimed = fold(verdict.claimed)
    place = plain.folded.find(claimed, unit.start, verdict.start) if len(claimed) > 1 and not verdict.denies else -1
    return place >= 0 and (scope.silent(place) or is_denied(scope, plain.folded, place))


_CORRECTION = re.compile(
    r"\b(?:wait|correction|sorry|correct (?:myself|that)|i was wrong|outdated source|korrektur|ich korrigiere|muss (?:mich )?korrigieren|je (?:me )?corrige|je rectifie|corrijo|rectifico|(?:mi )?correggo|correzione|ik corrigeer|correctie|correcao|sprostowanie|poprawka|poprawiam)\b|訂正|更正"
)
_SOON = 300  # characters within which a correction takes back what was said


def _corrected(verdicts: list[Told], clash: Verdict, plain: Plain) -> bool:
    """Whether the true value was said first and then taken back: "… holds 1.8 litres. Wait, I need to correct myself: 2.5"."""
    told = [
        one
        for _, one in verdicts
        if one.outcome == "match" and one.probe and clash.probe and _part(one.probe) == _part(clash.probe)
    ]
    return bool(told) and all(
        one.end < clash.start <= one.end + _SOON and _CORRECTION.search(plain.folded, one.end, clash.start) is not None
        for one in told
    )


def _part(probe: Probe) -> tuple[str, str, str | None]:
    """A sentence of a fact may say several things: which of them this is."""
    return probe.fact_id, probe.sort, probe.concept


def _true_beside(unit: Unit, scope: Scope, verdict: Verdict, plain: Plain) -> bool:
    """Whether the true name or year stands in the sentence as well, and is neither what is denied nor what once was."""
    probe = verdict.probe
    if probe is None:
        return False
    true = [fold(name.split(",")[0]) for name in probe.names] if probe.sort == "place" else []
    if probe.value is not None and probe.value.kind == "year":
        true = [f"{probe.value.readings[0]:.0f}"]
    claimed = fold(verdict.claimed)
    places = [plain.folded.find(name, unit.start, unit.end) for name in true if len(name) > 3 and name not in claimed]
    return any(
        place >= 0 and "past" not in scope.at(place) and not is_denied(scope, plain.folded, place) for place in places
    )


def _is_elsewhere(unit: Unit, verdict: Verdict, plain: Plain, language: str) -> bool:
    """Said of another time, of a part of the company, taken back, or reported to be untrue."""
    low, high = max(unit.start, verdict.start - _WITHIN), min(unit.end, verdict.end + _WITHIN)
    relative = _RELATIVE.search(plain.folded, verdict.end, high)
    clause = plain.folded[low : relative.start() if relative else high]
    after = plain.folded[verdict.end : verdict.end + _WITHIN]
    probe = verdict.probe
    charged = probe is not None and (
        probe.sort == "moment" or (probe.value is not None and probe.value.kind == "money")
    )
    if charged and _OTHERWISE.search(plain.folded[unit.start : verdict.start]):
        return True
    if probe is not None and probe.value is not None and _is_of_a_state(unit, verdict, probe, plain, language):
        return True
    if (
        _FORMER.search(clause)
        or _PLANNED.search(clause)
        or _DENIED.search(HEDGED.sub(" ", clause))
        or _CORRECTS.search(after)
    ):
        return True
    single = verdict.probe is not None and verdict.probe.sort in _SINGLE
    return single and _OF_A_PART.search(plain.folded, unit.start, unit.end) is not None


def _is_of_a_state(unit: Unit, verdict: Verdict, probe: Probe, plain: Plain, language: str) -> bool:
    """ "In eco mode it lasts five hours", "with the case the Prisma weighs 1.6 kg", "the first Prisma cost 299 euros"."""
    first = next((one for one in unit.mentions if one.end <= verdict.start), None)
    if _MODE.search(plain.folded, unit.start, verdict.start):
        return True
    if first is None:
        return False
    added = _WITH.fullmatch(plain.folded, unit.start, first.start)
    if added is not None:
        told = content(added["what"])
        known = probe.language == language or any(map(is_sense, told))
        return known and not told & (probe.words | probe.qualifiers | probe.topic)
    return _EARLIER.search(plain.folded, unit.start, first.start) is not None


_MODE = re.compile(
    r"\b(?:in|im|en|w|no|na) (?:[\w-]+ ){0,2}?(?:mode|[a-z-]*modus|modo|modalita|trybie)\b|\u30e2\u30fc\u30c9|\u6a21\u5f0f"
)
_WITH = re.compile(
    r"[\s\"'*]*(?:with|without|mit|ohne|avec|sans|con|sin|senza|met|zonder|com|sem) (?:the|an?|dem|der|den|einer?m?|le|la|les|une?|el|los|las|il|lo|una?|de|het|een|o|a|uma?) (?P<what>[\w' -]{3,30}?),? (?:the |der |die |das |le |la |el |il |de |het |o |a )?"
)
_EARLIER = re.compile(
    r"\b(?:the|der|die|das|le|la|el|il|de|het|o|a) (?:first|original|previous|earlier|old|erste|ursprungliche|vorherige|alte|premier|premiere|ancien|ancienne|primer|primera|anterior|viejo|vieja|primo|prima|precedente|vecchi[oa]|eerste|vorige|oude|primeir[oa]|antig[oa]) $"
)


def _is_misread(unit: Unit, verdict: Verdict, probe: Probe, plain: Plain) -> bool:
    is_money = probe.value is not None and probe.value.kind == "money"
    is_measure = probe.value is not None and probe.value.kind == "measure"  # 42 miles are no 42 km
    if (
        not verdict.denies
        and not is_money
        and not is_measure
        and probe.sort != "moment"
        and _says_the_same(verdict, probe.actual)
    ):
        return True
    if probe.sort not in _SINGLE:
        return False
    if _is_part_of_a_word(verdict, probe, plain):
        return True
    if verdict.claimed.isdigit() and _is_part_of_a_word(plain=plain, verdict=verdict, probe=probe):
        return True
    if is_measure and (_names_a_size(plain, verdict, probe) or _is_one_of_several(plain, verdict, probe)):
        return True
    counts = probe.value is not None and probe.value.kind in ("count", "measure")
    return counts and _is_of_another_size(unit, verdict, probe)


def _is_part_of_a_word(verdict: Verdict, probe: Probe, plain: Plain) -> bool:
    """ "4" of "4Watt", "six" of "six-part", "Fribourg" of "Fribourg-en-Brisgau"."""
    after = plain.folded[verdict.end : verdict.end + 2]
    before = plain.folded[max(verdict.start - 1, 0) : verdict.start]
    claimed = plain.folded[verdict.start : verdict.end]
    joined = after[:1].isalpha() and claimed[-1:].isdigit() and after[:1].isascii()
    return (
        joined
        or (before.isalnum() and before.isascii())
        or (
            claimed.isalpha()
            and after[:1] == "-"
            and after[1:].isalpha()
            and not _hyphened(plain, verdict, probe)
            and not (probe.sort == "place" and _BASED.match(plain.folded, verdict.end))
        )
    )


def _is_one_of_several(plain: Plain, verdict: Verdict, probe: Probe) -> bool:
    """ "140 x 200 cm" and "250 mm/s": a side of a surface, a speed."""
    sides = re.compile(r"\d ?(?:cm|mm|m)? ?[x\u00d7] ?$")
    by = re.search(sides, plain.folded[max(0, verdict.start - 8) : verdict.start])
    behind = re.match(r" ?[x\u00d7] ?\d|/[a-z]", plain.folded[verdict.end : verdict.end + 4])
    return bool(by or behind) and not re.search(r"\d ?[x\u00d7] ?\d|/[a-z]", fold(probe.actual))


def _names_a_size(plain: Plain, verdict: Verdict, probe: Probe) -> bool:
    """ "the 250-gram bag": a size that tells one thing of several apart, for a fact of another thing."""
    claimed = plain.folded[verdict.start : verdict.end]
    behind = re.match(r"[ -](?P<thing>[a-z]{3,})", plain.folded[verdict.end : verdict.end + 24])
    return (
        re.fullmatch(r"[\d.,]+-[a-z]+", claimed) is not None
        and behind is not None
        and stem(behind["thing"])
        not in probe.words | probe.qualifiers | probe.nouns | probe.topic | words_of(probe.concept)
    )


def _hyphened(plain: Plain, verdict: Verdict, probe: Probe) -> bool:
    """ "a five-star hotel" counts stars."""
    match = re.match(r"-(\w+)", plain.folded[verdict.end : verdict.end + 20])
    return match is not None and stem(match[1]) in probe.nouns


def _says_the_same(verdict: Verdict, actual: str) -> bool:
    """The same figure, or a name that stands in the fact: what clashed was only how it was read."""
    digits = "".join(re.findall(r"\d", verdict.claimed))
    if digits:
        return digits == "".join(re.findall(r"\d", actual))
    claimed = fold(verdict.claimed)
    return len(claimed) > 2 and re.search(rf"\b{re.escape(claimed)}\b", fold(actual)) is not None


def _is_of_another_size(unit: Unit, verdict: Verdict, probe: Probe) -> bool:
    true = probe.value
    if true is None:
        return False
    value = next((one for one in unit.values if (one.start, one.kind) == (verdict.start, true.kind)), None)
    if value is None:
        return False
    ratios = [max(one / real, real / one) for one in value.readings for real in true.readings if one > 0 and real > 0]
    if not ratios:
        return False
    named = bool(probe.nouns & set(value.nouns[:2]))
    is_small = max(value.readings) <= _SMALL < max(true.readings) and not named
    return min(ratios) >= (_SMALL_RATIO if is_small else _ANY_RATIO)
